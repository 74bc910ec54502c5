import '../bench/environment.ts';
import { parseArgs } from 'node:util';
import { startEmbedded } from '#server/database/embedded.ts';
import { migrate } from '#server/database/migrate.ts';
import { close, connect, open } from '#server/database/pool.ts';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import type { TestDatabase } from '../support/database.ts';
import { soak } from './soak.ts';
import { storm } from './storm.ts';

/*
 * `npm run chaos -- --minutes 5 [--seed 42] [--servers 2]`: real servers that are killed at random, browsers' live code over bad
 * lines, and a comparison at the end. The seed is printed; with it the same things are tried again, as far as clocks allow.
 *
 * `npm run chaos -- --soak --minutes 30 [--viewers 500] [--churn 10]`: nothing goes wrong for a long time, and the server must
 * hold at its end what it held before.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string' },
    seed: { type: 'string' },
    servers: { type: 'string', default: '2' },
    soak: { type: 'boolean', default: false },
    viewers: { type: 'string', default: '500' },
    churn: { type: 'string', default: '10' },
  },
});
const minutes = Number(values.minutes ?? (values.soak ? 30 : 2));
const begun = Date.now();
const say = (line: string) => console.log(`${((Date.now() - begun) / 1000).toFixed(1)} s  ${line}`);

const embedded = await startEmbedded({ persistent: false, fast: true });
try {
  open(await migrate(embedded.url), { connections: 8, name: 'lotse chaos' });
  await openAuth({ databaseUrl: embedded.url, supabase: null });
  const owner = connect(embedded.url, { connections: 2, name: 'lotse chaos owner' });
  const database = { url: embedded.url, owner, drop: () => Promise.resolve() };
  const isRight = await (values.soak ? soakFor(database) : stormFor(database));
  process.exitCode = isRight ? 0 : 1;
  await closeAuth();
  await owner.end({ timeout: 5 });
  await close();
} finally {
  await embedded.stop();
}
process.exit();

async function stormFor(database: TestDatabase): Promise<boolean> {
  const seed = Number(values.seed ?? Date.now() % 1_000_000);
  console.log(`Chaos for ${minutes} minutes; seed ${seed}.`);
  const forMs = minutes * 60_000;
  const { wrong, ...met } = await storm({ database, seed, forMs, servers: Number(values.servers), say });
  console.log(met);
  for (const line of wrong) console.log(`WRONG: ${line}`);
  console.log(
    wrong.length === 0
      ? 'Every screen is right, and so is the ledger.'
      : `${wrong.length} things are wrong; seed ${seed}.`,
  );
  return wrong.length === 0;
}

async function soakFor(database: TestDatabase): Promise<boolean> {
  const { viewers, churn } = values;
  console.log(`${viewers} viewers for ${minutes} minutes, of whom ${churn} % a minute go and others come.`);
  const met = await soak({
    database,
    size: { team: 20, tickets: 200 },
    viewers: Number(viewers),
    churnPercent: Number(churn),
    commandsPerSecond: 4,
    // More than the memory of a feed holds, which would grow for as long as it is not full.
    eventsBefore: 5_500,
    forMs: minutes * 60_000,
    everyMs: 60_000,
    say,
  });
  console.log(`${met.left} left and others came; commands:`, met.answers);
  for (const { name, mean, growth, isFlat } of met.trends) {
    const percent = mean === 0 ? 0 : (growth / mean) * 100;
    console.log(
      `${isFlat ? 'flat  ' : 'GROWS '} ${name}: ${mean.toFixed(0)}, ${percent.toFixed(1)} % more over the last two thirds`,
    );
  }
  for (const line of met.wrong) console.log(`WRONG: ${line}`);
  const isFlat = met.trends.every((trend) => trend.isFlat);
  console.log(
    `${isFlat ? 'Flat' : 'Not flat'}; ${met.wrong.length === 0 ? 'every page shows what is.' : `${met.wrong.length} pages are wrong.`}`,
  );
  return isFlat && met.wrong.length === 0;
}
