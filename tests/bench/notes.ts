import { openNotesOf, synced, type Notes } from '../support/notes.ts';
import { entranceOf, startServer, type Entrance, type LiveServer } from './boards.ts';
import type { Desk } from './desk.ts';
import { figure, median, round, type Measured } from './figures.ts';
import type { Memory } from './live-server.ts';
import { repeat, type Bench, type Part } from './part.ts';

/** Shared notes: what an open one holds of the server's memory, and how long a letter takes to the other editor. */
export const notes: Part = { keys: ['notes.kib_per_open', 'notes.ms_to_other'], measure: measureNotes };

const letters = 60;
/** As a long note is: a page of text. */
const pageOfText = 'Der Hauswart hat den Schlüssel, und Frau Weber ist ab vier zu Hause. '.repeat(40);

async function measureNotes(bench: Bench): Promise<Measured[]> {
  // Each editor of y-websocket listens for the end of the process.
  process.setMaxListeners(0);
  const open = bench.size(200, 30);
  const desk = await bench.cluster.desk({ tickets: open + 20 });
  try {
    bench.say(`notes: ${open} open ones, each of ${Math.round(pageOfText.length / 1024)} KB`);
    const held = await repeat(bench.runs, () => perOpen(desk, open));
    bench.say(`notes: ${letters} letters from one editor to the other`);
    const took = await repeat(bench.runs, () => toOther(desk));
    const commit = await commitMs(desk);
    const objects = round(median(held.map((each) => each.objects)));
    return [
      figure({
        key: 'notes.kib_per_open',
        unit: 'KiB',
        runs: held.map((each) => each.process),
        limit: `growth of the process with one editor each (his socket, the document with its past, ${Math.round(pageOfText.length / 1024)} KB of text); what lives: ${objects}`,
      }),
      figure({
        key: 'notes.ms_to_other',
        unit: 'ms',
        runs: took,
        limit: `30 ms in which letters are stored together, and a commit (${round(commit)} ms here for the smallest): stored before shown`,
      }),
    ];
  } finally {
    await desk.drop();
  }
}

async function perOpen(desk: Desk, count: number): Promise<Memory> {
  const server = await startServer(desk);
  const editors: Notes[] = [];
  try {
    const entrance = await doorOf(desk);
    // What only the first ones cost is no cost of each.
    for (const at of range(0, 20)) editors.push(await written(server, entrance, { ticket: desk.tickets[at] ?? '', at }));
    const before = (await server.ask({ tell: 'memory' })).memory;
    for (const at of range(20, count)) editors.push(await written(server, entrance, { ticket: desk.tickets[at] ?? '', at }));
    const after = (await server.ask({ tell: 'memory' })).memory;
    const each = (which: keyof Memory) => (after[which] - before[which]) / count / 1024;
    return { process: each('process'), objects: each('objects') };
  } finally {
    for (const editor of editors) editor.stop();
    await server.stop();
  }
}

const range = (from: number, count: number) => Array.from({ length: count }, (_, i) => from + i);

/** Open, with a page of text in it. One session may have a hundred: they are spread over all but the last, which reads. */
async function written(
  server: LiveServer,
  entrance: Entrance,
  { ticket, at }: { ticket: string; at: number },
): Promise<Notes> {
  const last = entrance.cookies.length - 1;
  const editor = await edit(server, entrance, { ticket, as: at % last });
  if (editor.text.length > 0) return editor;
  editor.text.insert(0, pageOfText);
  // Back from the database: a second one reads it.
  const reader = await edit(server, entrance, { ticket, as: last });
  await reads(reader, pageOfText.length);
  reader.stop();
  return editor;
}

async function toOther(desk: Desk): Promise<number> {
  const server = await startServer(desk);
  const entrance = await doorOf(desk);
  const [ticket = ''] = desk.tickets;
  const writer = await edit(server, entrance, { ticket, as: 0 });
  const reader = await edit(server, entrance, { ticket, as: 1 });
  try {
    const times: number[] = [];
    for (let letter = 0; letter < letters; letter++) {
      const arrived = reads(reader, writer.text.length + 1);
      const begin = performance.now();
      writer.text.insert(writer.text.length, 'x');
      await arrived;
      times.push(performance.now() - begin);
    }
    return median(times);
  } finally {
    writer.stop();
    reader.stop();
    await server.stop();
  }
}

/** Two who may work on every ticket. */
function doorOf(desk: Desk): Promise<Entrance> {
  return entranceOf({ ...desk, team: [desk.cast.ada, desk.cast.mona] });
}

async function edit(
  server: LiveServer,
  { slug, cookies }: Entrance,
  { ticket, as }: { ticket: string; as: number },
): Promise<Notes> {
  const port = Number(new URL(server.address).port);
  return synced(openNotesOf({ port }, { slug, ticket, cookie: cookies[as] ?? '' }));
}

function reads({ doc, text }: Notes, length: number): Promise<void> {
  return new Promise((resolve) => {
    const look = () => {
      if (text.length < length) return;
      doc.off('update', look);
      resolve();
    };
    doc.on('update', look);
    look();
  });
}

/** The smallest there is: one row, on the disk. */
async function commitMs({ owner }: Desk): Promise<number> {
  await owner`create table if not exists public.smallest (at timestamptz not null)`;
  const times = await repeat(30, async () => {
    const begin = performance.now();
    await owner`insert into public.smallest values (now())`;
    return performance.now() - begin;
  });
  return median(times);
}
