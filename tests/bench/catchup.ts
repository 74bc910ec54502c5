import { randomUUID } from 'node:crypto';
import { apply, boardFrom } from '#lib/shared/board.ts';
import { snapshot } from '#server/domain/board.ts';
import { execute } from '#server/execute.ts';
import { Page } from '../support/live.ts';
import { entranceOf, startServer, type Entrance } from './boards.ts';
import { now } from './clock.ts';
import type { Desk } from './desk.ts';
import { figure, grouped, median, round, type Measured } from './figures.ts';
import { repeat, type Bench, type Part } from './part.ts';

/** How long a board that missed many events takes until it is as it should be. */
export const catchup: Part = {
  keys: ['catchup.1000.server_ms', 'catchup.1000.client_ms'],
  measure: measureCatchup,
};

async function measureCatchup(bench: Bench): Promise<Measured[]> {
  const missed = bench.size(1_000, 200);
  bench.say(`catchup: ${missed} events`);
  const desk = await bench.cluster.desk({ tickets: missed, team: 8 });
  try {
    const entrance = await entranceOf(desk);
    const before = await snapshot(desk.cast.mona);
    await claimAll(desk);
    const runs = await repeat(bench.runs, () => catchUp(desk, entrance, { before, missed }));
    const bytes = grouped(Math.round((runs[0]?.bytes ?? 0) / 1024));
    const reading = round(median(await repeat(bench.runs, () => readAll(desk))));
    const memory = round(median(runs.map((run) => run.fromMemory.server)));
    return [
      figure({
        key: 'catchup.1000.server_ms',
        unit: 'ms',
        runs: runs.map((run) => run.fromDatabase.server),
        limit: `first question after a restart; the rows alone: ${reading} ms; asked again, from memory, ${memory} ms: writing ${bytes} KB of JSON`,
      }),
      figure({
        key: 'catchup.1000.client_ms',
        unit: 'ms',
        runs: runs.map((run) => run.fromMemory.client),
        limit: `asked to applied; applying alone: ${round(median(runs.map((run) => run.applying)))} ms, the rest is the server and reading JSON`,
      }),
    ];
  } finally {
    await desk.drop();
  }
}

async function claimAll({ tickets, team }: Desk): Promise<void> {
  const queue = tickets.values();
  await Promise.all(
    team.map(async (member) => {
      for (const ticket of queue) {
        const answer = await execute(member, { id: randomUUID(), name: 'ticket.claim', input: { ticket } });
        if (!answer.ok) throw new Error(`A claim was refused: ${answer.error.code}`);
      }
    }),
  );
}

type Missed = { before: Awaited<ReturnType<typeof snapshot>>; missed: number };

async function catchUp(desk: Desk, { slug, cookies }: Entrance, { before, missed }: Missed) {
  const server = await startServer(desk);
  try {
    const page = new Page(server.address, { auth: { workspace: slug }, cookie: cookies[0] ?? '' });
    await page.ready();
    const ask = async () => {
      const begin = now();
      const answer = await page.catchUp(before.seq);
      if ('snapshot' in answer || answer.frames.length !== missed) throw new Error('Not everything was caught up');
      const answered = now();
      const board = boardFrom(structuredClone(before));
      const cloned = now();
      for (const frame of answer.frames) apply(board, frame);
      const applying = now() - cloned;
      const { caughtUp } = await server.ask({ tell: 'times' });
      return { client: answered - begin + applying, applying, server: caughtUp[0] ?? NaN, frames: answer.frames };
    };
    const fromDatabase = await ask();
    const fromMemory = await ask();
    page.close();
    const bytes = Buffer.byteLength(JSON.stringify(fromMemory.frames));
    return { fromDatabase, fromMemory, applying: fromMemory.applying, bytes };
  } finally {
    await server.stop();
  }
}

async function readAll({ owner, cast }: Desk): Promise<number> {
  const begin = now();
  await owner`select seq, type, payload from lotse.events where workspace_id = ${cast.workspaceId} order by seq`;
  return now() - begin;
}
