import { randomUUID } from 'node:crypto';
import { execFileSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, unlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { migrate } from '#server/database/migrate.ts';
import { close, open as openPool } from '#server/database/pool.ts';
import { put } from '#server/files.ts';
import { startIntake } from '#server/mail/intake.ts';
import { startSmtp } from '#server/mail/smtp.ts';
import * as mails from '#server/domain/mails.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { createCast, run, type Cast } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { openLine } from '../support/line.ts';
import { fillLane } from '../support/full-lane.ts';
import { deliver } from '../support/smtp-client.ts';
import { until } from '../support/until.ts';

const megabyte = 1024 * 1024;
const folder = mkdtempSync(join(tmpdir(), 'lotse-small-'));

/** A disk of two megabytes; only root may have one. */
function mountSmall(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=2m', 'tmpfs', folder], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const isSmall = mountSmall();
const filler = join(folder, 'filler');
const fill = () => {
  for (let size = megabyte; size >= 512; size /= 2) {
    try {
      for (;;) writeFileSync(filler, Buffer.alloc(size), { flag: 'a' });
    } catch {
      // Full for pieces of this size.
    }
  }
};

let database: TestDatabase;
let cast: Cast;
let smtp: Awaited<ReturnType<typeof startSmtp>>;

beforeAll(async () => {
  chmodSync(folder, 0o700);
  decide({ FILES_DIR: join(folder, 'files'), ORIGIN: 'https://desk.example.org' });
  database = await createTestDatabase();
  cast = await createCast();
  const service = { name: 'Service', address: 'service@nordlicht.example', pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', service);
  smtp = await startSmtp({ host: '127.0.0.1', port: 0, onStored: () => undefined });
});

afterAll(async () => {
  await smtp.stop();
  await database.drop();
  if (isSmall) execFileSync('umount', [folder]);
  rmSync(folder, { recursive: true, force: true });
});

const mail = (lines: number) =>
  [
    'From: Petra Weber <petra.weber@example.org>',
    'To: service@nordlicht.example',
    'Subject: Heizung kalt',
    `Message-ID: <${lines}@example.org>`,
    '',
    ...Array.from({ length: lines }, () => 'Die Heizung ist kalt.'.padEnd(70, '.')),
  ].join('\r\n');

const to = ['service@nordlicht.example'];

async function stored(): Promise<{ id: string; state: string; attempts: number; reason: string }[]> {
  return database.owner`select id, state, attempts, reason from lotse.mails order by received_at, id`;
}

describe.runIf(isSmall)('a full disk under the files', () => {
  test('a large mail stays with its sender, a small one is taken, and the large one once there is space', async () => {
    fill();
    expect(await deliver(smtp.port, mail(8_000), { to })).toMatch(/^452 /);
    expect(await stored()).toEqual([]);
    expect(await deliver(smtp.port, mail(2), { to })).toMatch(/^250 /);
    unlinkSync(filler);
    expect(await deliver(smtp.port, mail(8_000), { to })).toMatch(/^250 /);
    expect(await stored()).toHaveLength(2);
    await database.owner`delete from lotse.mails`;
  });

  test('an upload is refused by its own name, and leaves nothing half written', async () => {
    fill();
    await expect(put(new Uint8Array(megabyte))).rejects.toMatchObject({ name: 'Fault', code: 'disk.full' });
    unlinkSync(filler);
    expect(await put(new Uint8Array(megabyte))).toMatchObject({ size: megabyte });
  });

  test('a mail whose files find no place waits without being suspected', async () => {
    const attachment = [
      'From: Petra Weber <petra.weber@example.org>',
      'To: service@nordlicht.example',
      'Subject: Foto',
      'Message-ID: <foto@example.org>',
      'MIME-Version: 1.0',
      'Content-Type: multipart/mixed; boundary="x"',
      '',
      '--x',
      'Content-Type: text/plain',
      '',
      'Siehe Foto.',
      '--x',
      'Content-Type: image/png; name="foto.png"',
      'Content-Disposition: attachment; filename="foto.png"',
      'Content-Transfer-Encoding: base64',
      '',
      Buffer.alloc(60_000, 7).toString('base64').replace(/.{76}/g, '$&\r\n'),
      '--x--',
    ].join('\r\n');
    fill();
    expect(await deliver(smtp.port, attachment, { to })).toMatch(/^250 /);
    const intake = startIntake();
    try {
      await until(async () => (await stored())[0]?.reason === 'disk.full');
      expect(await stored()).toMatchObject([{ state: 'stored', attempts: 0 }]);
      unlinkSync(filler);
      await until(async () => {
        await database.owner`update lotse.mails set next_attempt_at = now() where state = 'stored'`;
        intake.poke();
        return (await stored())[0]?.state === 'filed';
      });
    } finally {
      await intake.stop();
    }
    await database.owner`delete from lotse.mails where state <> 'filed'`;
  });
});

test('a mail that finds the lane of the writers full waits without being suspected', async () => {
  expect(await deliver(smtp.port, mail(5), { to })).toMatch(/^250 /);
  const waiting = async () => (await stored()).find(({ state }) => state !== 'filed');
  const empty = fillLane();
  const intake = startIntake();
  try {
    await until(async () => (await waiting())?.reason === 'busy');
    expect(await waiting()).toMatchObject({ state: 'stored', attempts: 0 });
    await empty();
    await until(async () => {
      await database.owner`update lotse.mails set next_attempt_at = now() where state = 'stored'`;
      intake.poke();
      return !(await waiting());
    });
  } finally {
    await empty();
    await intake.stop();
  }
});

test('while the database is away a mail stays with its sender, and is taken when it is back', async () => {
  const url = new URL(database.url);
  const line = await openLine({ port: Number(url.port) });
  const app = new URL(await migrate(database.url));
  app.port = String(line.port);
  await close();
  openPool(app.toString(), { connections: 2, name: 'lotse test' });
  line.cut();
  expect(await deliver(smtp.port, mail(3), { to })).toMatch(/^451 /);
  line.mend();
  await until(async () => /^250 /.test(await deliver(smtp.port, mail(3), { to })));
  await close();
  await line.stop();
  openPool(await migrate(database.url), { connections: 4, name: 'lotse test' });
});

describe('a clock that was put back', () => {
  test('mails that seem to be due in a day are taken now', async () => {
    await database.owner`delete from lotse.mails where state <> 'filed'`;
    expect(await deliver(smtp.port, mail(4), { to })).toMatch(/^250 /);
    await database.owner`update lotse.mails set next_attempt_at = now() + interval '1 day' where state = 'stored'`;
    const taken = await mails.next();
    expect(taken).not.toBeNull();
    // Its lease is one of this clock: nobody else takes it now.
    expect(await mails.next()).toBeNull();
  });

  test('a mailbox is not locked by a lease from before', async () => {
    const [account] = await database.owner<{ id: string }[]>`
      update lotse.mail_accounts set lease_holder = gen_random_uuid(), lease_until = now() + interval '1 day' returning id
    `;
    const lease = await mails.lease(account?.id ?? '', randomUUID());
    expect(lease).not.toBeNull();
    expect(await mails.lease(account?.id ?? '', randomUUID())).toBeNull();
  });

  test("a mailbox that refused its password is nobody else's for as long as was said", async () => {
    const [account] = await database.owner<{ id: string }[]>`
      update lotse.mail_accounts set lease_holder = null, lease_until = null returning id
    `;
    const id = account?.id ?? '';
    const lease = await mails.lease(id, randomUUID());
    await lease?.keep(15 * 60_000);
    expect(await mails.lease(id, randomUUID())).toBeNull();
    expect(await mails.leaseLeftMs(id)).toBeGreaterThan(14 * 60_000);
    await lease?.end();
    expect(await mails.lease(id, randomUUID())).not.toBeNull();
  });

  test('what waits to be sent does not wait for a day', async () => {
    await run(cast.ada, 'member.invite', { name: 'Nora', email: 'nora@example.org', role: 'member', language: 'de' });
    await database.owner`delete from lotse.outgoing_mails where to_address <> 'nora@example.org'`;
    await database.owner`update lotse.outgoing_mails set next_attempt_at = now() + interval '1 day'`;
    expect(await outgoing.take({ most: 10 })).toMatchObject([{ toAddress: 'nora@example.org' }]);
    expect(await outgoing.take({ most: 10 })).toEqual([]);
  });
});
