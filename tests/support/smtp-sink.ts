import { once } from 'node:events';
import { simpleParser, type ParsedMail } from 'mailparser';
import { SMTPServer } from 'smtp-server';

export type Delivered = { from: string; to: string[]; raw: Buffer; mail: ParsedMail };

type Answer = { code: number; text: string } | 'take' | 'cut';

/** A real SMTP server that keeps what it is given, and can be told to answer badly. */
export async function startSink() {
  const delivered: Delivered[] = [];
  const waiting: (() => void)[] = [];
  let answer: (mail: Delivered) => Answer = () => 'take';
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      void (async () => {
        const raw = await whole(stream);
        // The sender hung up in the middle: he means to send nothing.
        if (!raw) return;
        const from = session.envelope.mailFrom ? session.envelope.mailFrom.address : '';
        const got = { from, to: session.envelope.rcptTo.map((to) => to.address), raw, mail: await simpleParser(raw) };
        const verdict = answer(got);
        if (verdict === 'take' || verdict === 'cut') delivered.push(got);
        for (const tell of waiting.splice(0)) tell();
        if (verdict === 'take') return done();
        if (verdict === 'cut') return server.connections.forEach((connection) => connection._socket.destroy());
        done(Object.assign(new Error(verdict.text), { responseCode: verdict.code }));
      })();
    },
  });
  server.on('error', () => undefined);
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  const port = typeof address === 'object' && address ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    delivered,
    /** How the next mails are answered. */
    answerWith(next: (mail: Delivered) => Answer) {
      answer = next;
    },
    /** The first mail that fits, waiting for it if need be. */
    async next(fits: (mail: Delivered) => boolean): Promise<Delivered> {
      for (;;) {
        const found = delivered.find(fits);
        if (found) return found;
        await new Promise<void>((resolve) => waiting.push(resolve));
      }
    },
    stop: () => new Promise<void>((resolve) => server.close(() => resolve())),
  };
}

async function whole(stream: AsyncIterable<unknown>): Promise<Buffer | null> {
  const parts: Buffer[] = [];
  try {
    for await (const part of stream) parts.push(part as Buffer);
    return Buffer.concat(parts);
  } catch {
    return null;
  }
}

export type Sink = Awaited<ReturnType<typeof startSink>>;
