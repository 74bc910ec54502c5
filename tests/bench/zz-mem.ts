import './environment.ts';
import { fork } from 'node:child_process';
import { writeHeapSnapshot } from 'node:v8';
import { openAuth } from '#server/auth/home.ts';
import { open } from '#server/database/pool.ts';
import { startLive } from '../support/live.ts';
import { startCluster } from './desk.ts';
import { entranceOf } from './boards.ts';
if (process.argv[2] === 'client') {
  const { io } = await import('socket.io-client');
  const [, , , url, n, entrance] = process.argv;
  const e = JSON.parse(entrance ?? '{}');
  let ready = 0;
  for (let i = 0; i < Number(n); i++) {
    const s = io(url ?? '', { transports: ['websocket'], forceNew: true, auth: { workspace: e.slug }, extraHeaders: { cookie: e.cookies[i % e.cookies.length] } });
    s.on('ready', () => { if (++ready === Number(n)) process.send?.('ready'); });
    if (i % 50 === 49) await new Promise((r) => setTimeout(r, 50));
  }
} else {
  const cluster = await startCluster();
  const desk = await cluster.desk({ tickets: 100, team: 20 });
  const entrance: any = await entranceOf(desk);
  console.log(Object.keys(entrance), Object.keys(desk));
  const d: any = desk;
  open(d.appUrl, { connections: 8, name: 'x' });
  await openAuth({ databaseUrl: d.url, supabase: null });
  const live = await startLive();
  const mem = async () => { for (let i = 0; i < 4; i++) { (globalThis as any).gc(); await new Promise((r) => setTimeout(r, 100)); } const m = process.memoryUsage(); return m.heapUsed + m.external; };
  const add = (n: number) => new Promise<any>((res) => { const c = fork('tests/bench/zz-mem.ts', ['client', live.url, String(n), JSON.stringify(entrance)], { stdio: 'inherit', execArgv: [] }); c.on('message', () => res(c)); });
  const cs = [await add(20)];
  const a = await mem();
  cs.push(await add(600));
  const b = await mem();
  console.log('KiB per viewer', (b - a) / 600 / 1024);
  if (process.env.SNAP) writeHeapSnapshot('/tmp/rtm/h.heapsnapshot');
  cs.forEach((c) => c.kill());
  await desk.drop?.(); await cluster.stop();
  process.exit(0);
}
