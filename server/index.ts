import { config, ConfigError } from './config.ts';
import { plainSentence } from './plain.ts';

/*
 * One entry for production, the demo and development. Everything else is imported once the configuration is known to be
 * right, so that a wrong value is one sentence and not a stack of modules.
 */

let stop: (() => Promise<void>) | undefined;
let stoppingSince: number | undefined;

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => end(0));
// The set-up script that started us was killed: without it nobody would stop us.
process.once('disconnect', () => end(0));
process.on('uncaughtException', (error: NodeJS.ErrnoException) => {
  // The web's static files are opened with nobody listening: one that a new build took away costs its request, not the desk.
  if (error.code === 'ENOENT' && /[\\/]build[\\/]client[\\/]/.test(error.path ?? ''))
    tell('The pages were built anew underneath; start Lotse again to serve them.');
  // postgres.js writes to a line that broke in the same moment; whoever waits for it is told by its close.
  // And the built-in sign-in's asks each new line for its types, which nobody waits for (see server/database/arrays.ts).
  else if (isOfLine(error)) tell('A line to the database broke; the next one is being made.');
  else crash(error).catch(() => process.exit(1));
});

function isOfLine(error: Error): boolean {
  if (error instanceof TypeError) return /postgres[\\/]src[\\/]connection\.js/.test(error.stack ?? '');
  return 'query' in error && /\bselect b\.oid, b\.typarray\b/.test(String(error.query));
}

try {
  config();
  const { start } = await import('./start.ts');
  const running = await start((reason) => fail(reason));
  stop = running.stop;
  if (stoppingSince !== undefined) await finish(0);
  else tell(`Lotse runs at ${running.address} (Ctrl-C stops it).`);
  if (running.greeting) tell(running.greeting);
  if (running.setup) tell(`It is still empty. Set it up at ${running.setup}`);
} catch (error) {
  await report(error);
}

/** A second signal forces, but not within a second: a Ctrl-C reaches us from the terminal and from the set-up script. */
function end(code: number): void {
  if (stoppingSince !== undefined) {
    if (Date.now() - stoppingSince > 1_000) process.exit(1);
    return;
  }
  stoppingSince = Date.now();
  tell('Stopping …');
  if (stop) void finish(code);
}

async function finish(code: number): Promise<void> {
  await stop?.();
  process.exit(code);
}

function fail(sentence: string): void {
  tell(sentence);
  if (stoppingSince === undefined) end(1);
}

async function crash(error: unknown): Promise<void> {
  const { reportUnexpected } = await import('./log.ts');
  fail(`Lotse has to stop; the log says why (error ${reportUnexpected(error, { part: 'process' })}).`);
  if (!stop) process.exit(1);
}

async function report(error: unknown): Promise<void> {
  const sentence = error instanceof ConfigError ? error.message : plainSentence(error);
  if (sentence) {
    tell(sentence);
  } else {
    const { reportUnexpected } = await import('./log.ts');
    tell(`Lotse could not start; the log says why (error ${reportUnexpected(error, { part: 'start' })}).`);
  }
  process.exit(1);
}

function tell(line: string): void {
  try {
    process.stderr.write(`${line}\n`);
  } catch {
    // A file on a full disk: nobody reads it there, and the desk goes on.
  }
}
