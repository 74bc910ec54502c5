import type { Socket } from 'node:net';
import type { Answer, SmtpScript, Step } from './smtp-server.ts';

const babbleMs = 20;

/** One connection: reads a line, obeys, answers. */
export class SmtpSession {
  readonly #socket: Socket;
  readonly #script: SmtpScript;
  #rest = '';
  #isText = false;
  #lines: string[] = [];
  #from = '';
  #to: string[] = [];
  #turn = Promise.resolve();

  constructor(socket: Socket, script: SmtpScript) {
    this.#socket = socket;
    this.#script = script;
    socket.setEncoding('latin1').on('data', (data) => this.#read(String(data)));
  }

  greet(): void {
    this.#turn = this.#turn.then(() => this.#answer('greeting', '', () => '220 ready'));
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
    if (this.#isText && line !== '.') return void this.#lines.push(line.replace(/^\./, ''));
    const verb = this.#isText ? '.' : (line.split(' ')[0] ?? '').toUpperCase();
    const obeys = this.#verbs[verb as Step];
    if (!obeys) return this.#say('502 unknown');
    await this.#answer(verb as Step, line, () => obeys(line));
  }

  readonly #verbs: Partial<Record<Step, (line: string) => string>> = {
    EHLO: () =>
      ['fake.example', ...this.#script.capabilities]
        .map((word, at, all) => `250${at < all.length - 1 ? '-' : ' '}${word}`)
        .join('\r\n'),
    AUTH: (line) => this.#signIn(line),
    MAIL: (line) => {
      this.#from = addressIn(line);
      this.#to = [];
      return '250 2.1.0 ok';
    },
    RCPT: (line) => {
      this.#to.push(addressIn(line));
      return '250 2.1.5 ok';
    },
    DATA: () => {
      this.#isText = true;
      this.#lines = [];
      return '354 go on';
    },
    '.': () => '250 2.0.0 queued',
    RSET: () => '250 2.0.0 ok',
    QUIT: () => '221 2.0.0 bye',
  };

  #signIn(line: string): string {
    const [, method = '', word = ''] = line.split(' ');
    if (method.toUpperCase() !== 'XOAUTH2')
      return this.#script.accessToken ? '535 5.7.8 tokens only' : '235 2.7.0 welcome';
    const token = Buffer.from(word, 'base64').toString();
    this.#script.tokens.push(token);
    const isRight = token.includes(`auth=Bearer ${this.#script.accessToken}\u0001`);
    return isRight ? '235 2.7.0 welcome' : '535 5.7.8 invalid token';
  }

  async #answer(step: Step, line: string, honest: () => string): Promise<void> {
    const nth = (this.#script.reached.get(step) ?? 0) + 1;
    this.#script.reached.set(step, nth);
    const how = this.#script.misbehaviour[step];
    const answer: Answer = typeof how === 'function' ? how({ line, nth }) : how;
    const reply = typeof answer === 'string' && !isFault(answer) ? answer : undefined;
    if (step === '.') this.#endText(reply);
    if (reply !== undefined) return this.#say(reply);
    if (typeof answer === 'object') await new Promise((resolve) => setTimeout(resolve, answer.lateMs));
    if (answer === undefined || typeof answer === 'object') return this.#say(honest(), step === 'QUIT');
    if (answer === 'cut') this.#socket.destroy();
    if (answer === 'babble') this.#repeat('250-still here\r\n');
    if (answer === 'flood') this.#repeat('x'.repeat(512 * 1024));
  }

  /** Whoever says anything but no has taken it; so has who says nothing. */
  #endText(reply: string | undefined): void {
    this.#isText = false;
    if (/^[45]/.test(reply ?? '')) return;
    this.#script.taken.push({
      from: this.#from,
      to: this.#to,
      raw: Buffer.from(this.#lines.map((line) => `${line}\r\n`).join(''), 'latin1'),
    });
  }

  #repeat(text: string): void {
    const timer = setInterval(() => this.#socket.write(text, 'latin1'), babbleMs);
    this.#socket.on('close', () => clearInterval(timer));
  }

  #say(reply: string, isLast = reply.startsWith('421')): void {
    if (!this.#socket.writable) return;
    this.#socket.write(`${reply}\r\n`, 'latin1');
    if (isLast) this.#socket.end();
  }
}

const isFault = (answer: string) => ['cut', 'stall', 'babble', 'flood'].includes(answer);

const addressIn = (line: string) => /<([^>]*)>/.exec(line)?.[1] ?? '';
