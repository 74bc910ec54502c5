import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decide } from '#server/config.ts';
import { startMail } from '#server/mail/index.ts';
import { createCast } from './cast.ts';
import { createTestDatabase } from './database.ts';
import { deliver } from './smtp-client.ts';
import { startSink } from './smtp-sink.ts';

export type BridgeDesk = Awaited<ReturnType<typeof startBridgeDesk>>;

/** A desk whose mail comes by SMTP and leaves into a sink; its accounts are the test's to make. */
export async function startBridgeDesk() {
  const folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  const sink = await startSink();
  const db = await createTestDatabase();
  decide({ SMTP_URL: sink.url, SMTP_IN_PORT: '0', FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  const cast = await createCast();
  const bridge = await startMail();
  const port = bridge.smtpPort ?? 0;
  return {
    db,
    cast,
    sink,
    port,
    /** Hands a mail in at the door; returns its answer. */
    deliver: (raw: string, envelope: { to: string[]; from?: string }) => deliver(port, raw, envelope),
    async stop() {
      await bridge.stop();
      await sink.stop();
      await db.drop();
      await rm(folder, { recursive: true });
    },
  };
}
