import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decide } from '#server/config.ts';
import { asMember } from '#server/database/actor.ts';
import { conversation } from '#server/domain/conversation.ts';
import type { Loop } from '#server/mail/loop.ts';
import { startOutbox } from '#server/mail/outbox.ts';
import type { Patience } from '#server/mail/smtp-line.ts';
import { createCast, run } from './cast.ts';
import { createTestDatabase } from './database.ts';
import { startSink } from './smtp-sink.ts';
import { until } from './until.ts';

type Row = {
  id: string;
  state: string;
  attempts: number;
  response: string;
  messageId: string;
  waitMinutes: number;
  bytes: Uint8Array | null;
};

export type OutboxDesk = Awaited<ReturnType<typeof startOutboxDesk>>;

/** A desk with a relay that keeps what it gets; the outbox starts when the test says so. */
export async function startOutboxDesk() {
  const folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  const db = await createTestDatabase();
  const sink = await startSink();
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org', SMTP_URL: sink.url });
  const cast = await createCast();
  const service = { name: 'Service', address: 'service@nordlicht.example', pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', service);
  let outbox: Loop | undefined;

  async function row(message: string): Promise<Row> {
    const [found] = await db.owner<Row[]>`
      select id, state, attempts, response, message_id, bytes,
        round(extract(epoch from next_attempt_at - now()) / 60)::int as wait_minutes
      from lotse.outgoing_mails where ticket_message_id = ${message}
    `;
    if (!found) throw new Error('nothing was queued');
    return found;
  }

  const becomes = (message: string, state: string, attempts = 1) =>
    until(async () => {
      const found = await row(message);
      return found.state === state && found.attempts >= attempts && found;
    });

  /** The mail is due now, instead of when its wait is over. */
  async function hurry(message: string): Promise<void> {
    await db.owner`
      update lotse.outgoing_mails set next_attempt_at = now(), lease_until = now() - interval '1 second'
      where ticket_message_id = ${message}
    `;
    outbox?.poke();
  }

  async function say(ticket: string, html: string): Promise<string> {
    const { result } = await run(cast.mona, 'message.post', { ticket, kind: 'message', visibility: 'public', html });
    return result['message'] ?? '';
  }

  async function deliveries(ticket: string) {
    const { messages } = await asMember(cast.mona, async (tx) => conversation(tx, ticket), { readOnly: true });
    return messages.flatMap((message) => message.deliveries).map(({ state, response }) => ({ state, response }));
  }

  /** Once the try under way has been recorded. */
  const settled = (message: string) => () =>
    until(async () => {
      const found = await row(message);
      return found.response.includes('451') && found.waitMinutes !== 2 && found;
    });

  return {
    db,
    cast,
    sink,
    row,
    becomes,
    hurry,
    say,
    deliveries,
    settled,
    start: (patience?: Patience, stopMs?: number) =>
      (outbox = startOutbox({ ...(patience ? { patience } : {}), ...(stopMs === undefined ? {} : { stopMs }) })),
    pause: () => outbox?.stop(),
    poke: () => outbox?.poke(),
    /** Between two tests: nothing runs, nothing waits, and the relay takes everything. */
    async rest() {
      await outbox?.stop();
      outbox = undefined;
      await db.owner`update lotse.outgoing_mails set state = 'cancelled' where state = 'queued'`;
      sink.delivered.length = 0;
      sink.answerWith(() => 'take');
      decide({ SMTP_URL: sink.url });
    },
    async stop() {
      await outbox?.stop();
      await sink.stop();
      await db.drop();
      await rm(folder, { recursive: true });
    },
  };
}
