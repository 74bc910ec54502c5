import '../bench/environment.ts';
import { parseArgs } from 'node:util';
import { startEmbedded } from '#server/database/embedded.ts';
import { migrate } from '#server/database/migrate.ts';
import { close, connect, open } from '#server/database/pool.ts';
import { closeAuth, openAuth } from '#server/auth/home.ts';
import { storm } from './storm.ts';

/*
 * `npm run chaos -- --minutes 5 [--seed 42] [--servers 2]`: real servers that are killed at random, browsers' live code over bad
 * lines, and a comparison at the end. The seed is printed; with it the same things are tried again, as far as clocks allow.
 */

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '2' },
    seed: { type: 'string' },
    servers: { type: 'string', default: '2' },
  },
});
const seed = Number(values.seed ?? Date.now() % 1_000_000);
const minutes = Number(values.minutes);
console.log(`Chaos for ${minutes} minutes; seed ${seed}.`);

const embedded = await startEmbedded({ persistent: false, fast: true });
try {
  open(await migrate(embedded.url), { connections: 8, name: 'lotse chaos' });
  await openAuth({ databaseUrl: embedded.url, supabase: null });
  const owner = connect(embedded.url, { connections: 2, name: 'lotse chaos owner' });
  const database = { url: embedded.url, owner, drop: () => Promise.resolve() };
  const begun = Date.now();
  const { wrong, ...met } = await storm({
    database,
    seed,
    forMs: minutes * 60_000,
    servers: Number(values.servers),
    say: (line) => console.log(`${((Date.now() - begun) / 1000).toFixed(1)} s  ${line}`),
  });
  console.log(met);
  for (const line of wrong) console.log(`WRONG: ${line}`);
  console.log(
    wrong.length === 0
      ? 'Every screen is right, and so is the ledger.'
      : `${wrong.length} things are wrong; seed ${seed}.`,
  );
  process.exitCode = wrong.length === 0 ? 0 : 1;
  await closeAuth();
  await owner.end({ timeout: 5 });
  await close();
} finally {
  await embedded.stop();
}
process.exit();
