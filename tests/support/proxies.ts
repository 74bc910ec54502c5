import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';

export type ProxyName = 'nginx' | 'HAProxy' | 'Caddy';

type Kind = {
  file: string;
  program: string;
  args(file: string, folder: string): string[];
  /** What an operator changes too: where it listens. */
  listen(text: string, port: number): string;
};

const kinds: Record<ProxyName, Kind> = {
  nginx: {
    file: 'nginx.conf',
    program: 'nginx',
    args: (file, folder) => ['-c', file, '-p', folder, '-e', 'stderr', '-g', `daemon off; pid ${folder}/pid;`],
    listen: (text, port) =>
      text
        .replace('listen 80;', `listen 127.0.0.1:${port};`)
        .replace('events {', `${process.getuid?.() === 0 ? 'user root;' : ''}\nevents {`)
        .replace('http {', 'http {\n  access_log off;\n  client_body_temp_path body;\n  proxy_temp_path proxy;'),
  },
  HAProxy: {
    file: 'haproxy.cfg',
    program: 'haproxy',
    args: (file) => ['-db', '-f', file],
    listen: (text, port) => text.replace('bind :80', `bind 127.0.0.1:${port}`),
  },
  Caddy: {
    file: 'Caddyfile',
    program: 'caddy',
    args: (file) => ['run', '--adapter', 'caddyfile', '--config', file],
    listen: (text, port) => `{\n\tadmin off\n}\n${text.replace('desk.example.org', `http://127.0.0.1:${port}`)}`,
  },
};

/** A real proxy with the file that docs/processes.md shows; only the ports are ours. */
export async function startProxy(name: ProxyName, { port, backends }: { port: number; backends: number[] }) {
  const { file, program, args, listen } = kinds[name];
  const folder = await mkdtemp(join(tmpdir(), 'lotse-proxy-'));
  const shown = await readFile(`docs/proxy/${file}`, 'utf8');
  const [one = 0, two = 0] = backends;
  const written = join(folder, file);
  await writeFile(
    written,
    listen(shown, port)
      .replaceAll('127.0.0.1:3001', `127.0.0.1:${one}`)
      .replaceAll('127.0.0.1:3002', `127.0.0.1:${two}`),
  );
  const PATH = [process.env['PATH'], '/usr/sbin', '/usr/local/sbin'].join(delimiter);
  const proxy = spawn(program, args(written, folder), {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { PATH, HOME: folder, XDG_DATA_HOME: folder, XDG_CONFIG_HOME: folder },
  });
  const said: string[] = [];
  proxy.stderr.on('data', (bytes: Buffer) => said.push(bytes.toString()));
  await listening(proxy, port).catch((error: unknown) => {
    throw new Error(`${name} did not start: ${said.join('')}`, { cause: error });
  });
  return {
    async stop() {
      const ended = once(proxy, 'exit');
      proxy.kill('SIGTERM');
      await ended;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

async function listening(proxy: ChildProcess, port: number): Promise<void> {
  while (proxy.exitCode === null) {
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
  throw new Error('It ended');
}
