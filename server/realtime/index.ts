import type { Part, Context } from '#server/part.ts';
import { config } from '#server/config.ts';
import { Attendance } from './presence.ts';
import { Sharing } from './presence/sharing.ts';
import { buildVersion } from './build.ts';
import { openCustomers } from './customers.ts';
import { Ends } from './ends.ts';
import { Feed } from './feed.ts';
import { openNotes } from './notes.ts';
import { Pulse } from './pulse.ts';
import { openSockets, outletFor, type Sockets } from './server.ts';
import { openStaff } from './staff.ts';
import { routeUpgrades } from './upgrade.ts';
import { voiceFor } from './voice.ts';

/** After these somebody else may see a ticket than before. */
const changesOfSight = /^ticket\.(left|claimed|released|assigned|moved|supported|unsupported)$/;

export type Realtime = Part & {
  /** Asks at once whether the identities of open sockets still live; else each minute. */
  check(): Promise<void>;
};

/** Everything that is live: the feed of events, presence and shared notes, over the web's own port. After the web's handler. */
export async function startRealtime({ server }: Pick<Context, 'server'>): Promise<Realtime> {
  const { redisUrl } = config();
  // One process needs none; several without it know of their own pages only.
  const bus = redisUrl ? (await import('./bus.ts')).openBus(redisUrl) : null;
  const sockets = openSockets(server);
  const feed = new Feed({ staff: outletFor(sockets.staff), customers: outletFor(sockets.customers) });
  const attendance = new Attendance(voiceFor(sockets));
  const ends = new Ends();
  const sharing = bus && new Sharing({ bus, feed, attendance });
  const notes = openNotes({ feed, ends, bus });
  feed.observe((workspaceId, { type, ticketId }) => {
    if (ticketId && changesOfSight.test(type)) attendance.sightChanged(workspaceId, ticketId);
  });
  // All doors are manned before anything is awaited: the port is open, and whoever came in between would never be heard.
  const parts = { feed, attendance, ends, build: buildVersion() };
  openStaff(sockets.staff, parts);
  openCustomers(sockets.customers, parts);
  const pulse = new Pulse();
  tellOf(pulse, sockets);
  const unroute = routeUpgrades(server, notes.upgrade);
  ends.start();
  await feed.start();
  await notes.start();
  pulse.start();
  return {
    isReady: () => feed.isReady() && pulse.trouble === null,
    check: () => ends.check(),
    async stop() {
      unroute();
      pulse.stop();
      sharing?.stop();
      sockets.close();
      ends.stop();
      attendance.stop();
      await notes.stop();
      await bus?.stop();
      await feed.stop();
    },
  };
}

/** To all open screens, and to each that comes while it lasts. */
function tellOf(pulse: Pulse, { staff, customers }: Sockets): void {
  pulse.onchange((code) => {
    staff.local.emit('trouble', { code });
    customers.local.emit('trouble', { code });
  });
  staff.on('connection', (socket) => pulse.trouble && socket.emit('trouble', { code: pulse.trouble }));
  customers.on('connection', (socket) => pulse.trouble && socket.emit('trouble', { code: pulse.trouble }));
}
