import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { SMTPServer } from 'smtp-server';
import type { Certificate } from './dovecot.ts';

/** What a provider does with a mail: hands it on as it is or changed, to a folder of the mailbox; or refuses it. */
export type Fate = { raw: string; folder?: string; deliveredTo?: string } | { refusal: string } | 'drop';

type Options = {
  password?: string;
  tls?: Certificate;
  decide(to: string, raw: string): Fate;
  hand(to: string, raw: string, folder: string): Promise<void>;
};

export type Provider = Awaited<ReturnType<typeof startProvider>>;

/** The outgoing server of somebody who also has our mailbox. */
export async function startProvider({ password, tls, decide, hand }: Options) {
  const server = new SMTPServer({
    allowInsecureAuth: true,
    authOptional: password === undefined,
    secure: tls !== undefined,
    ...(tls ? { key: readFileSync(tls.key), cert: readFileSync(tls.certificate) } : { disabledCommands: ['STARTTLS'] }),
    disableReverseLookup: true,
    onAuth(auth, _session, done) {
      if (auth.password === password) done(null, { user: auth.username });
      else done(Object.assign(new Error('5.7.8 wrong password'), { responseCode: 535 }));
    },
    onData(stream, session, done) {
      const parts: Buffer[] = [];
      const to = session.envelope.rcptTo[0]?.address ?? '';
      stream.on('data', (part: Buffer) => parts.push(part));
      stream.on('end', () => {
        const raw = Buffer.concat(parts).toString('latin1');
        const fate = decide(to, raw);
        if (fate === 'drop') return done();
        if ('refusal' in fate) return done(Object.assign(new Error(fate.refusal), { responseCode: 550 }));
        hand(to, `Delivered-To: ${fate.deliveredTo ?? to}\r\n${fate.raw}`, fate.folder ?? 'INBOX').then(
          () => done(),
          done,
        );
      });
    },
  });
  // Who does not trust our certificate hangs up, which is what a test may be about; without a listener it would end the process.
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const bound = server.server.address();
  return {
    port: typeof bound === 'object' && bound ? bound.port : 0,
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}
