import { randomUUID } from 'node:crypto';
import { snapshot } from '#server/domain/board.ts';
import { heads } from '#server/domain/feed.ts';
import { execute } from '#server/execute.ts';
import type { AudienceAnswer, AudienceAsk } from '../chaos/browser/audience.ts';
import { startDeskServer, type DeskServer } from '../chaos/desk-servers.ts';
import { fresh } from '../chaos/verdict.ts';
import type { Member } from '../support/cast.ts';
import { startChild, type Child } from './child.ts';
import { now } from './clock.ts';
import type { Desk } from './desk.ts';
import { figure, median, round, type Measured } from './figures.ts';
import { keys } from './keys.ts';
import { repeat, type Bench, type Part } from './part.ts';
import { hire, type Staff } from './staff.ts';

const missed = 20;

/** How long it takes until every board is right again after its server was killed and started, and how many were read anew. */
export const restart: Part = { keys: keys.restart, measure: measureRestart };

type Audience = Child<AudienceAsk, AudienceAnswer>;

async function measureRestart(bench: Bench): Promise<Measured[]> {
  const count = bench.size(5_000, 300);
  bench.say(`restart: ${count} boards of as many people`);
  const desk = await bench.cluster.desk({ tickets: 1_000, team: 1 });
  const staff = await hire(desk, count);
  const audiences = [0, 1].map((): Audience => startChild('../chaos/browser/audience.ts', { nodeArgs: ['--disable-warning=ExperimentalWarning'] }));
  const server = await startDeskServer({
    databaseUrl: desk.url,
    settings: { SMTP_URL: '', ORIGIN: '', SMTP_IN_PORT: '' },
    say: (line) => bench.say(line),
  });
  try {
    await openAll({ staff, server, audiences });
    const tickets = desk.tickets.values();
    const viewer = staff.people[0]?.member;
    if (!viewer) throw new Error('Nobody was hired');
    const runs = await repeat(bench.runs, () => restartOnce({ desk, viewer, server, audiences, tickets }));
    const start = round(median(runs.map((run) => run.startS)));
    return [
      figure({
        key: 'restart.5000.all_consistent_s',
        unit: 's',
        runs: runs.map((run) => run.consistentS),
        limit: `killed to the last board that has all ${missed} missed claims; for ${start} s of it there is no server, the rest is the clients' random waits and letting them in, on cores they share`,
      }),
      figure({
        key: 'restart.5000.full_reloads',
        unit: 'boards',
        runs: runs.map((run) => run.reloads),
        limit: 'what was missed is read from the database once for all',
      }),
    ];
  } finally {
    await Promise.all(audiences.map((audience) => audience.stop()));
    await server.stop();
    await desk.drop();
  }
}

type Opening = { staff: Staff; server: DeskServer; audiences: Audience[] };

/** Each person has one board open, half of them in each process. */
async function openAll({ staff: { slug, people }, server, audiences }: Opening): Promise<void> {
  const [first] = people;
  if (!first) throw new Error('Nobody was hired');
  const browsers = people.map(({ member, cookie }) => {
    return { cookie, me: { id: member.memberId, name: member.name, role: 'member' as const } };
  });
  // All of them see the same, and none of them has read anything.
  const shown = await snapshot(first.member);
  const answers = audiences.map((audience, index) => {
    const half = browsers.filter((_, place) => place % audiences.length === index);
    return audience.ask({ open: { port: server.port, slug, browsers: half, snapshot: shown } });
  });
  const behind = (await Promise.all(answers)).reduce((sum, answer) => sum + answer.behind, 0);
  if (behind > 0) throw new Error(`${behind} boards did not open`);
}

type Run = { desk: Desk; viewer: Member; server: DeskServer; audiences: Audience[]; tickets: Iterator<string> };

async function restartOnce({ desk, viewer, server, audiences, tickets }: Run) {
  const ask = (question: AudienceAsk) => Promise.all(audiences.map((audience) => audience.ask(question)));
  // Everybody is in the present, and counts from there.
  await ask({ reach: await headOf(desk) });
  const begin = now();
  const started = server.restart();
  await claimSome(desk, tickets);
  await started;
  const startS = (now() - begin) / 1000;
  const answers = await ask({ reach: await headOf(desk) });
  const behind = answers.reduce((sum, answer) => sum + answer.behind, 0);
  if (behind > 0) throw new Error(`${behind} boards never came back to the present`);
  const consistentS = (Math.max(...answers.map(({ at }) => at)) - begin) / 1000;
  const compared = await ask({ compare: { '*': await fresh(viewer) } });
  const [wrong] = compared.flatMap((answer) => answer.wrong);
  if (wrong) throw new Error(wrong);
  const reloads = [...answers, ...compared].reduce((sum, answer) => sum + answer.reloads, 0);
  return { startS, consistentS, reloads };
}

async function claimSome({ team }: Desk, tickets: Iterator<string>): Promise<void> {
  const [member] = team;
  if (!member) throw new Error('The desk has no team');
  for (let i = 0; i < missed; i++) {
    const input = { ticket: String(tickets.next().value ?? '') };
    const answer = await execute(member, { id: randomUUID(), name: 'ticket.claim', input });
    if (!answer.ok) throw new Error(`A claim was refused: ${answer.error.code}`);
  }
}

async function headOf({ cast }: Desk): Promise<number> {
  return (await heads([cast.workspaceId])).get(cast.workspaceId) ?? 0;
}
