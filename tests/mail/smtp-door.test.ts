import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { startSmtp } from '#server/mail/smtp.ts';
import { createCast, run } from '../support/cast.ts';
import { createTestDatabase, type TestDatabase } from '../support/database.ts';
import { converse } from '../support/smtp-client.ts';
import { until } from '../support/until.ts';

const service = 'service@nordlicht.example';
let db: TestDatabase;
let smtp: Awaited<ReturnType<typeof startSmtp>>;

beforeAll(async () => {
  db = await createTestDatabase();
  const { ada, heating } = await createCast();
  await run(ada, 'account.create', { name: 'Service', kind: 'smtp', address: service, pool: heating });
  smtp = await startSmtp({ host: '127.0.0.1', port: 0, onStored: () => undefined });
});
afterAll(async () => {
  await smtp.stop();
  await db.drop();
});

test('one network cannot hold all lines: whoever else comes still gets through', async () => {
  const held: Socket[] = [];
  const greeting = async () => {
    const socket = connect(smtp.port, '127.0.0.1');
    held.push(socket);
    const [line] = (await once(socket, 'data')) as [Buffer];
    return line.toString().slice(0, 3);
  };
  const greetings: string[] = [];
  for (let i = 0; i < 27; i++) greetings.push(await greeting());
  expect(greetings).toEqual([...Array<string>(25).fill('220'), '421', '421']);
  held.splice(0, 5).forEach((socket) => socket.destroy());
  await until(async () => (await greeting()) === '220');
  held.forEach((socket) => socket.destroy());
});

test('who tries out addresses is soon told nothing more', async () => {
  const tries = Array.from({ length: 21 }, (_, i) => `RCPT TO:<name${i}@nordlicht.example>`);
  const replies = await converse(smtp.port, [
    'EHLO probe.example',
    'MAIL FROM:<a@example.org>',
    ...tries,
    `RCPT TO:<${service}>`,
  ]);
  expect(replies.slice(3, 23).every((reply) => reply.startsWith('550'))).toBe(true);
  expect(replies.slice(23).every((reply) => /^421|cut/.test(reply))).toBe(true);
});
