import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

export type Bridge = { port: number; died: Promise<unknown>; stop(): Promise<void> };

/** The mail bridge as its own process; with a step such as `server/mail/build.ts buildMail after` it dies there. */
export async function startBridge(settings: Record<string, string>, step = ''): Promise<Bridge> {
  const { VITEST: _, ...environment } = process.env;
  const child: ChildProcess = spawn(process.execPath, ['tests/support/mail-process.ts'], {
    env: { ...environment, ORIGIN: 'https://desk.example.org', DIE: step, LOG_LEVEL: 'fatal', ...settings },
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const died = once(child, 'exit');
  if (!child.stdout) throw new Error('no output');
  const lines = createInterface({ input: child.stdout });
  const port = await Promise.race([once(lines, 'line').then(([line]) => Number(line)), died.then(() => 0)]);
  return {
    port,
    died,
    async stop() {
      child.kill('SIGTERM');
      await died;
    },
  };
}
