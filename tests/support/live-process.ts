// A live server in a process of its own, for tests that kill it: `node live-process.ts <owner's database address> <port>`.
import { createServer } from 'node:http';
import { openAuth } from '#server/auth/home.ts';
import { migrate } from '#server/database/migrate.ts';
import { open } from '#server/database/pool.ts';
import { startRealtime } from '#server/realtime/index.ts';
import { front } from '#server/web/front.ts';

const [, , ownerUrl = '', port = '0'] = process.argv;
open(await migrate(ownerUrl), { connections: 4, name: 'lotse test process' });
await openAuth({ databaseUrl: ownerUrl, supabase: null });
const server = createServer();
server.on('upgrade', front);
const realtime = await startRealtime({ server });
// Else each minute.
process.on('message', () => void realtime.check());
server.listen(Number(port), '127.0.0.1', () => process.send?.(server.address()));
