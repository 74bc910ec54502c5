import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { connect } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { freePort } from './server.ts';

export type Redis = {
  url: string;
  kill(): Promise<void>;
  /** Again on the same port. */
  start(): Promise<void>;
  /** Takes connections and answers nothing, until it goes on. */
  pause(): void;
  resume(): void;
  stop(): Promise<void>;
};

/** A real Redis on a free port that keeps nothing. */
export async function startRedis(): Promise<Redis> {
  const port = await freePort();
  let server = await launch(port);
  const end = async () => {
    if (server.exitCode !== null || server.signalCode !== null) return;
    const ended = once(server, 'exit');
    server.kill('SIGKILL');
    await ended;
  };
  return {
    url: `redis://127.0.0.1:${port}`,
    kill: end,
    stop: end,
    async start() {
      server = await launch(port);
    },
    pause: () => void server.kill('SIGSTOP'),
    resume: () => void server.kill('SIGCONT'),
  };
}

async function launch(port: number): Promise<ChildProcess> {
  const settings = ['--port', String(port), '--bind', '127.0.0.1', '--save', '', '--appendonly', 'no'];
  const server = spawn('redis-server', settings, { stdio: 'ignore', cwd: '/tmp' });
  const failed = once(server, 'exit').then(() => Promise.reject(new Error('Redis did not start')));
  failed.catch(() => undefined);
  await Promise.race([answering(port), failed]);
  return server;
}

async function answering(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    try {
      await once(socket, 'connect');
      return;
    } catch {
      // Not yet.
      await setTimeout(20);
    } finally {
      socket.destroy();
    }
  }
}
