import type { CatchUp } from '#lib/shared/wire.ts';
import { customerEventsAfter, eventsAfter } from '#server/domain/feed.ts';
import type { Channel } from './channel.ts';
import { customerFrame } from './frames.ts';
import { ringLength } from './ring.ts';
import type { Seat } from './seat.ts';

/** A page that slept for longer loads everything anew. */
const oldestMs = 7 * 24 * 3_600_000;

const extensions = new WeakMap<Channel, Promise<void>>();

/** What must be waited for before `missedBy`: the cursor may be ahead of this process, or older than its memory. */
export async function reach(channel: Channel, seat: Seat, cursor: number): Promise<void> {
  if (cursor > channel.cursor) await channel.read();
  while (cursor < channel.ring.from && channel.cursor - cursor <= ringLength) await extend(channel, cursor);
  if (!seat.isIn) await seat.entered;
}

/** What a member's socket missed, as his present rights allow. Synchronous, so that what is sent next follows on it. */
export function missedBy(channel: Channel, seat: Seat, cursor: number): CatchUp {
  const { ring } = channel;
  if (!seat.isIn || cursor > channel.cursor || cursor < ring.from) return { snapshot: true };
  const entries = ring.after(cursor);
  if (entries.length > ringLength) return { snapshot: true };
  const since = entries[0]?.frame.at;
  if (since && Date.now() - Date.parse(since) > oldestMs) return { snapshot: true };
  const frames = entries.flatMap((entry) => ring.frameFor(entry, seat.rooms) ?? []);
  // His rights were others then, so what he has is not what his present rights would have shown him.
  if (frames.some((frame) => frame.type === 'access.changed')) return { snapshot: true };
  return { frames, seq: channel.cursor };
}

/** Older events come from the database once, for all who ask at that moment. */
async function extend(channel: Channel, cursor: number): Promise<void> {
  const running = extensions.get(channel);
  if (running) return running;
  const { workspaceId, ring } = channel;
  const upTo = ring.from;
  const extension = eventsAfter({ workspaceId, after: cursor, upTo, most: ringLength })
    .then((rows) => {
      const older = rows.filter((row) => row.class === 'staff');
      // Else it forgot its oldest meanwhile, and there would be a gap.
      if (ring.from === upTo) ring.extend(older, cursor);
    })
    .finally(() => extensions.delete(channel));
  extensions.set(channel, extension);
  await extension;
}

/** More than these, and a customer's page is loaded anew. */
const customerFrames = 500;

type Ticket = { workspaceId: string; ticketId: string };

/** What a ticket's page missed, in the ticket's own counter. */
export async function missedByCustomer(ticket: Ticket, cursor: number): Promise<CatchUp> {
  const rows = await customerEventsAfter({ ...ticket, after: cursor, most: customerFrames + 1 });
  if (rows.length > customerFrames) return { snapshot: true };
  const frames = rows.map(customerFrame);
  return { frames, seq: frames.at(-1)?.seq ?? cursor };
}
