import { once } from 'node:events';
import { connect } from 'node:net';
import { createInterface } from 'node:readline';

/**
 * Speaks SMTP line by line: sends each line after the reply to the one before, and returns the replies' last lines. At the
 * end it hangs up, after `unfinished` if there is such a thing.
 */
export async function converse(port: number, lines: string[], unfinished?: string): Promise<string[]> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => undefined);
  const replies: string[] = [];
  const reader = createInterface({ input: socket })[Symbol.asyncIterator]();
  const reply = async () => {
    for (;;) {
      const { value, done } = (await reader.next()) as { value?: string; done?: boolean };
      if (done || value === undefined) return 'cut';
      if (value[3] !== '-') return value;
    }
  };
  replies.push(await reply());
  for (const line of lines) {
    socket.write(line);
    socket.write('\r\n');
    replies.push(await reply());
    if (replies.at(-1) === 'cut') break;
  }
  const closed = once(socket, 'close');
  if (unfinished === undefined) socket.destroy();
  else socket.end(unfinished);
  await closed;
  return replies;
}

type Envelope = { to: string[]; from?: string };

/** A whole delivery of `raw`; returns the reply that decided it, such as `250 …` or `451 …`. */
export async function deliver(
  port: number,
  raw: string,
  { to, from = 'petra.weber@example.org' }: Envelope,
): Promise<string> {
  const stuffed = raw.replace(/^\./gm, '..');
  const lines = ['EHLO relay.example.org', `MAIL FROM:<${from}>`, ...to.map((address) => `RCPT TO:<${address}>`)];
  const replies = await converse(port, [...lines, 'DATA', `${stuffed}\r\n.`]);
  return replies.slice(1).find((reply) => !/^[23]/.test(reply)) ?? replies.at(-1) ?? '';
}
