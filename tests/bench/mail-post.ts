import { once } from 'node:events';
import { createTransport } from 'nodemailer';
import { SMTPServer } from 'smtp-server';
import { serve } from './child.ts';
import { customer, largeMailBytes, mailBytes } from './mail-bytes.ts';

/*
 * The rest of the mail world in a process of its own: who sends us mails, over eight connections at once, and who takes our
 * confirmations.
 */

export type PostAsk = { openSink: true } | { taken: true } | { send: Letters };

type Letters = { port: number; count: number; from: number; isLarge?: boolean };
/** `taken`: mails whose recipient and whole text the sink took and confirmed. */
export type PostAnswer = { sinkPort: number; taken: number };

let taken = 0;

serve<PostAsk, PostAnswer>(async (question) => {
  if ('openSink' in question) return { sinkPort: await openSink(), taken };
  if ('send' in question) await sendAll(question.send);
  return { sinkPort: 0, taken };
});

async function openSink(): Promise<number> {
  const server = new SMTPServer({
    disabledCommands: ['AUTH', 'STARTTLS'],
    disableReverseLookup: true,
    onData(stream, session, done) {
      stream
        .once('end', () => {
          if (session.envelope.rcptTo.length > 0) taken++;
          done();
        })
        .resume();
    },
  });
  server.listen(0, '127.0.0.1');
  await once(server.server, 'listening');
  const address = server.server.address();
  return typeof address === 'object' && address ? address.port : 0;
}

async function sendAll({ port, count, from, isLarge }: Letters): Promise<void> {
  const transport = createTransport({
    host: '127.0.0.1',
    port,
    secure: false,
    ignoreTLS: true,
    pool: true,
    maxConnections: Math.min(8, count),
    maxMessages: Infinity,
  });
  const write = isLarge ? largeMailBytes : mailBytes;
  try {
    const mails = Array.from({ length: count }, (_, i) => {
      const envelope = { from: customer(from + i), to: 'service@nordlicht.example' };
      return transport.sendMail({ envelope, raw: write(from + i) });
    });
    await Promise.all(mails);
  } finally {
    transport.close();
  }
}
