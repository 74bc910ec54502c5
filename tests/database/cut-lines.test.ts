import { connect as reach, createServer, type AddressInfo, type Socket } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { afterEach, beforeEach, expect, inject, test } from 'vitest';
import { connect } from '#server/database/pool.ts';

// Nobody may be waiting where a line is cut while it is opened: an error that nobody hears ends the process.
const unheard: unknown[] = [];
const note = (error: unknown) => void unheard.push(error);

beforeEach(() => {
  unheard.length = 0;
  process.on('unhandledRejection', note);
});
afterEach(() => void process.off('unhandledRejection', note));

/** A line to the database whose first connection is cut after so many pieces of either side; the others are whole. */
async function lineCutAfter(pieces: number) {
  const to = new URL(inject('ownerUrl'));
  const port = Number(to.port);
  const open = new Set<Socket>();
  let isCut = false;
  let passed = 0;
  const server = createServer((near) => {
    const far = reach(port, to.hostname);
    for (const [from, into] of [
      [near, far],
      [far, near],
    ] as const) {
      open.add(from);
      from.on('error', () => into.destroy());
      from.on('close', () => into.destroy());
      from.on('data', (bytes: Buffer) => {
        if (!isCut && passed++ === pieces) {
          isCut = true;
          near.resetAndDestroy();
        } else if (!from.destroyed) into.write(bytes);
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  to.port = String((server.address() as AddressInfo).port);
  return {
    url: to.toString(),
    isCut: () => isCut,
    async stop() {
      for (const socket of open) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

/** Whether the line was cut before its first question was answered. */
async function isCutAfter(pieces: number): Promise<boolean> {
  const line = await lineCutAfter(pieces);
  const sql = connect(line.url, { connections: 1, name: 'lotse test' });
  const ask = () => sql`select array['a', null] as texts`.catch((error: unknown) => error);
  const first = await ask();
  const isCut = line.isCut();
  if (isCut) expect(first, `after ${pieces}`).toMatchObject({ code: 'ECONNRESET' });
  expect(isCut ? await ask() : first, `after ${pieces}`).toEqual([{ texts: ['a', null] }]);
  await sql.end({ timeout: 5 });
  await line.stop();
  return isCut;
}

test('a line that is cut while it is opened, whenever that is, is told to those who wait and to nobody else', async () => {
  const cut = await Promise.all(Array.from({ length: 14 }, (_, pieces) => isCutAfter(pieces)));
  // To the end of the opening, and beyond.
  expect([cut[0], cut.at(-1)]).toEqual([true, false]);
  await setImmediate();
  expect(unheard).toEqual([]);
});
