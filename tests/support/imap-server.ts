import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { ImapSession } from './imap-session.ts';

/** For a bridge that need not be gentle: a server of a test breaks often, and at once again. */
export const hasty = { first: 50, last: 400 };

export type FakeMail = { uid: number; raw: Buffer; flags: Set<string>; date: Date };

/** What the server does wrong. Each is asked at its moment and may answer differently each time. */
export type Misbehaviour = {
  /** In the middle of the literal of this mail: the line ends, or nothing comes any more, or the mail is left out. */
  onFetch?: (uid: number) => 'cut' | 'stall' | 'omit' | 'twice' | undefined;
  /** After the command was carried out: the line ends instead of the answer, the answer comes late, or chatter or a mail's flags come for ever. */
  onDone?: (command: string) => 'cut' | 'late' | 'babble' | 'flags' | undefined;
  /** Says EXISTS again and again, with nothing new. */
  chatters?: boolean;
};

export type FakeOptions = {
  capabilities?: string[];
  /** The only token that opens the mailbox. */
  accessToken?: string;
  lateMs?: number;
};

/** `use`: what it is for, as RFC 6154 has it. */
export type FakeBox = { uidValidity: number; uidNext: number; mails: FakeMail[]; use?: string };

export type FakeImap = Awaited<ReturnType<typeof startImapServer>>;

/** An IMAP server that obeys a script: one user, folders in memory, and faults no real server shows on demand. */
export async function startImapServer(options: FakeOptions = {}) {
  const capabilities = options.capabilities ?? ['IDLE', 'UIDPLUS', 'MOVE'];
  const folders = new Map<string, FakeBox>([['INBOX', { uidValidity: 7, uidNext: 1, mails: [] }]]);
  const sockets = new Map<Socket, ImapSession>();
  const tokens: string[] = [];
  const commands: string[] = [];
  const world = { capabilities, folders, tokens, commands, options, misbehaviour: {} as Misbehaviour };

  const server = createServer((socket) => {
    const session = new ImapSession(socket, world);
    sockets.set(socket, session);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const inbox = () => folders.get('INBOX') ?? { uidValidity: 0, uidNext: 0, mails: [] };

  return {
    port: typeof bound === 'object' && bound ? bound.port : 0,
    tokens,
    /** Every line that clients said. */
    commands,
    folders,
    misbehave(how: Misbehaviour) {
      world.misbehaviour = how;
    },
    /** Delivers a mail; whoever is idle is told. @returns its UID */
    add(mail: string | Buffer, { date = new Date() } = {}): number {
      const box = inbox();
      const uid = box.uidNext++;
      const raw = typeof mail === 'string' ? mailOf(mail) : mail;
      box.mails.push({ uid, raw, flags: new Set(), date });
      for (const session of sockets.values()) session.tellExists();
      return uid;
    },
    /** A restored server: other numbers for the same mails. */
    renumber() {
      const box = inbox();
      box.uidValidity += 100;
      box.mails.forEach((mail, index) => (mail.uid = index + 1));
      box.uidNext = box.mails.length + 1;
      for (const socket of sockets.keys()) socket.destroy();
    },
    cutAll() {
      for (const socket of sockets.keys()) socket.destroy();
    },
    async stop() {
      for (const socket of sockets.keys()) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}

export function mailOf(subject: string, text = 'Guten Tag, bitte melden Sie sich.'): Buffer {
  const head = [
    'From: Petra Weber <petra.weber@example.org>',
    'To: service@nordlicht.example',
    `Subject: ${/^[ -~]*$/.test(subject) ? subject : `=?utf-8?B?${Buffer.from(subject).toString('base64')}?=`}`,
    `Message-ID: <${Buffer.from(subject).toString('hex')}@example.org>`,
    'MIME-Version: 1.0',
    'Content-Type: text/plain; charset=utf-8',
  ];
  return Buffer.from([...head, '', text, ''].join('\r\n'));
}
