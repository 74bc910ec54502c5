import { once } from 'node:events';
import { createServer, type Socket } from 'node:net';
import { SmtpSession } from './smtp-session.ts';

/** `.` is the end of the text. */
export type Step = 'greeting' | 'EHLO' | 'AUTH' | 'MAIL' | 'RCPT' | 'DATA' | '.' | 'RSET' | 'QUIT';

/**
 * What the server says at a step: a reply of its own, or nothing because it hangs up or goes to sleep, or an answer that begins and
 * never ends, in lines (`babble`) or in one (`flood`). Undefined is what an honest server says.
 */
export type Answer = string | { lateMs: number } | 'cut' | 'stall' | 'babble' | 'flood' | undefined;

export type Moment = { line: string; /** How often this step was reached, over all connections. */ nth: number };

export type Misbehaviour = Partial<Record<Step, Exclude<Answer, undefined> | ((moment: Moment) => Answer)>>;

export type TakenMail = { from: string; to: string[]; raw: Buffer };

export type SmtpScript = {
  misbehaviour: Misbehaviour;
  /** What EHLO announces. */
  capabilities: string[];
  /** Reached steps, counted. */
  reached: Map<Step, number>;
  /** What came after AUTH XOAUTH2, decoded. */
  tokens: string[];
  /** The only one that lets anybody in; '' for none. */
  accessToken: string;
  /** Each text that came whole and was not refused: the mails of which somebody would read each. */
  taken: TakenMail[];
};

export type FakeSmtp = Awaited<ReturnType<typeof startSmtpServer>>;

/** An SMTP server that obeys a script, with faults that no real server shows on demand. */
export async function startSmtpServer(options: Partial<Pick<SmtpScript, 'capabilities' | 'accessToken'>> = {}) {
  const script: SmtpScript = {
    misbehaviour: {},
    capabilities: options.capabilities ?? ['AUTH PLAIN'],
    accessToken: options.accessToken ?? '',
    reached: new Map(),
    tokens: [],
    taken: [],
  };
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    new SmtpSession(socket, script).greet();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const bound = server.address();
  const port = typeof bound === 'object' && bound ? bound.port : 0;

  return {
    port,
    url: `smtp://127.0.0.1:${port}`,
    taken: script.taken,
    tokens: script.tokens,
    reached: (step: Step) => script.reached.get(step) ?? 0,
    misbehave(how: Misbehaviour) {
      script.misbehaviour = how;
    },
    admit(accessToken: string) {
      script.accessToken = accessToken;
    },
    async stop() {
      for (const socket of sockets) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
