import type { Socket } from 'node:net';
import { fetchItems, searched, uidsIn } from './imap-words.ts';
import type { FakeBox, FakeOptions, Misbehaviour } from './imap-server.ts';

type World = {
  capabilities: string[];
  folders: Map<string, FakeBox>;
  tokens: string[];
  commands: string[];
  options: FakeOptions;
  misbehaviour: Misbehaviour;
};

/** One connection: reads a line, obeys, answers. Only what imapflow says is understood; anything else is BAD. */
export class ImapSession {
  readonly #socket: Socket;
  readonly #world: World;
  #box: FakeBox | undefined;
  #idle: string | undefined;
  #signsIn: string | undefined;
  #rest = '';
  #told = 0;
  #turn = Promise.resolve();

  constructor(socket: Socket, world: World) {
    this.#socket = socket;
    this.#world = world;
    socket.setEncoding('latin1').on('data', (data) => this.#read(String(data)));
    this.#say('* OK ready');
  }

  tellExists(): void {
    if (!this.#box || !this.#idle) return;
    this.#told = this.#box.mails.length;
    this.#say(`* ${this.#told} EXISTS`);
  }

  #say(line: string): void {
    if (this.#socket.writable) this.#socket.write(`${line}\r\n`, 'latin1');
  }

  #read(data: string): void {
    this.#rest += data;
    for (let end = this.#rest.indexOf('\r\n'); end >= 0; end = this.#rest.indexOf('\r\n')) {
      const line = this.#rest.slice(0, end);
      this.#rest = this.#rest.slice(end + 2);
      this.#turn = this.#turn.then(() => this.#obey(line));
    }
  }

  async #obey(line: string): Promise<void> {
    if (this.#signsIn) return this.#token(line, this.#signsIn);
    if (this.#idle && line.toUpperCase() === 'DONE') return this.#endIdle();
    const [, tag = '', command = '', rest = ''] = /^(\S+) (UID \S+|\S+) ?(.*)$/i.exec(line) ?? [];
    this.#world.commands.push(`${command.toUpperCase()} ${rest}`.trim());
    const name = command.toUpperCase();
    if (name === 'IDLE') {
      this.#idle = tag;
      this.#say('+ idling');
      // What came while the client was busy.
      if (this.#box && this.#told !== this.#box.mails.length) this.tellExists();
      if (this.#world.misbehaviour.chatters) for (let i = 0; i < 5; i++) this.tellExists();
      return;
    }
    if (name === 'AUTHENTICATE') return this.#authenticate(tag, rest);
    const answer = await this.#carryOut(name, rest);
    if (answer === 'gone') return;
    const fault = this.#world.misbehaviour.onDone?.(name);
    if (fault === 'cut') return void this.#socket.destroy();
    if (fault === 'babble') return this.#babble('* OK still here');
    if (fault === 'flags') return this.#babble('* 1 FETCH (UID 1 FLAGS (\\Seen))');
    if (fault === 'late') await new Promise((resolve) => setTimeout(resolve, this.#world.options.lateMs ?? 500));
    this.#say(`${tag} ${answer}`);
    if (name === 'LOGOUT') this.#socket.end();
  }

  #babble(line: string): void {
    const timer = setInterval(() => this.#say(line), 50);
    this.#socket.on('close', () => clearInterval(timer));
  }

  #endIdle(): void {
    const tag = this.#idle;
    this.#idle = undefined;
    this.#say(`${tag} OK done`);
  }

  #authenticate(tag: string, rest: string): void {
    const [method, initial] = rest.split(' ');
    if (method?.toUpperCase() !== 'XOAUTH2') return this.#say(`${tag} NO unknown`);
    if (initial) return this.#token(initial, tag);
    this.#signsIn = tag;
    this.#say('+ ');
  }

  #token(line: string, tag: string): void {
    this.#signsIn = undefined;
    const token = Buffer.from(line, 'base64').toString();
    this.#world.tokens.push(token);
    const isRight = token.includes(`auth=Bearer ${this.#world.options.accessToken ?? ''}\u0001`);
    this.#say(isRight ? `${tag} OK welcome` : `${tag} NO [AUTHENTICATIONFAILED] invalid token`);
  }

  async #carryOut(name: string, rest: string): Promise<string> {
    const box = this.#box;
    switch (name) {
      case 'CAPABILITY':
        this.#say(`* CAPABILITY ${this.#capabilities().join(' ')}`);
        return 'OK';
      case 'LOGIN':
        return this.#world.options.accessToken ? 'NO [AUTHENTICATIONFAILED] tokens only' : 'OK welcome';
      case 'LIST':
      case 'LSUB':
        // An empty pattern asks for the root and the sign between folders (RFC 3501, 6.3.8).
        if (rest === '"" ""') {
          this.#say(`* ${name} (\\Noselect) "/" ""`);
          return 'OK';
        }
        for (const [folder, { use = '' }] of this.#world.folders) this.#say(`* ${name} (${use}) "/" "${folder}"`);
        return 'OK';
      case 'SELECT':
      case 'EXAMINE':
        return this.#select(rest);
      case 'CREATE':
        this.#world.folders.set(unquoted(rest), { uidValidity: 1, uidNext: 1, mails: [] });
        return 'OK';
      case 'NOOP':
      case 'SUBSCRIBE':
        return 'OK';
      case 'LOGOUT':
        this.#say('* BYE');
        return 'OK';
      default:
        return box ? this.#inBox(box, name, rest) : 'BAD unknown';
    }
  }

  #capabilities(): string[] {
    return ['IMAP4rev1', 'SASL-IR', 'AUTH=XOAUTH2', ...this.#world.capabilities];
  }

  #select(rest: string): string {
    const box = this.#world.folders.get(unquoted(rest));
    if (!box) return 'NO [NONEXISTENT] no such folder';
    this.#box = box;
    this.#told = box.mails.length;
    this.#say(`* ${this.#told} EXISTS`);
    this.#say(`* OK [UIDVALIDITY ${box.uidValidity}] valid`);
    this.#say(`* OK [UIDNEXT ${box.uidNext}] next`);
    this.#say('* FLAGS (\\Seen \\Deleted)');
    return 'OK [READ-WRITE] selected';
  }

  async #inBox(box: FakeBox, name: string, rest: string): Promise<string> {
    if (name === 'UID SEARCH') {
      this.#say(`* SEARCH ${searched(box, rest).join(' ')}`);
      return 'OK';
    }
    if (name === 'EXPUNGE') return this.#expunge(box, () => true);
    const [set = '', ...others] = rest.split(' ');
    const uids = uidsIn(box, set);
    const target = this.#world.folders.get(unquoted(others.join(' ')));
    switch (name) {
      case 'UID FETCH':
        return this.#fetch(box, uids, others.join(' '));
      case 'UID STORE':
        for (const mail of box.mails.filter(({ uid }) => uids.has(uid)))
          for (const flag of rest.match(/\\\w+/g) ?? []) mail.flags.add(flag);
        return 'OK';
      case 'UID EXPUNGE':
        return this.#expunge(box, (uid) => uids.has(uid));
      case 'UID COPY':
      case 'UID MOVE':
        if (!target) return 'NO [TRYCREATE] no such folder';
        for (const mail of box.mails.filter(({ uid }) => uids.has(uid)))
          target.mails.push({ ...mail, uid: target.uidNext++, flags: new Set(mail.flags) });
        if (name === 'UID MOVE') box.mails = box.mails.filter(({ uid }) => !uids.has(uid));
        return 'OK';
      default:
        return 'BAD unknown';
    }
  }

  #expunge(box: FakeBox, chosen: (uid: number) => boolean): string {
    box.mails = box.mails.filter(({ uid, flags }) => !(flags.has('\\Deleted') && chosen(uid)));
    return 'OK';
  }

  async #fetch(box: FakeBox, uids: Set<number>, items: string): Promise<string> {
    for (const [index, mail] of box.mails.entries()) {
      if (!uids.has(mail.uid)) continue;
      const whole = `* ${index + 1} FETCH (${fetchItems(mail, items)})`;
      const fault = /BODY/.test(items) ? this.#world.misbehaviour.onFetch?.(mail.uid) : undefined;
      if (fault === 'omit') continue;
      if (fault === 'cut' || fault === 'stall') {
        this.#socket.write(whole.slice(0, Math.floor(whole.length * 0.7)), 'latin1');
        if (fault === 'cut') setImmediate(() => this.#socket.destroy());
        return 'gone';
      }
      this.#say(whole);
      if (fault === 'twice') this.#say(whole);
    }
    return 'OK';
  }
}

const unquoted = (text: string) => text.replace(/^"|"$/g, '');
