import type { Latest } from '../bench/latest.ts';

/** What the simulation computes with, under the key of the benchmark that measured it. */
export const constants = {
  commandMs: 'cost.claim.process_cpu_ms',
  databaseMs: 'cost.claim.database_cpu_ms',
  logKb: 'cost.claim.wal_kb',
  counterMs: 'cost.counter.held_ms',
  readMs: 'cost.feed_read.database_cpu_ms',
  eventUs: 'cost.event.cpu_us',
  deliveryUs: 'cost.delivery.cpu_us',
  receiverUs: 'cost.delivery.receiver_cpu_us',
  frameBytes: 'cost.frame.bytes',
  joinMs: 'cost.join.process_cpu_ms',
  joinDatabaseMs: 'cost.join.database_cpu_ms',
  publishUs: 'cost.redis.publish_cpu_us',
  hearingUs: 'cost.redis.delivery_cpu_us',
  catchUpUs: 'cost.catchup.cpu_us',
  mailsPerS: 'mail.smtp.per_s',
  confirmationMs: 'mail.out.cpu_ms',
  viewerKib: 'idle.kib_per_viewer',
  bareP50Ms: 'limit.socketio.1000.server_p50_ms',
  bareP99Ms: 'limit.socketio.1000.server_p99_ms',
  ticketBytes: 'storage.ticket.bytes',
  eventBytes: 'storage.event.bytes',
  messageBytes: 'storage.message.bytes',
  boardMs: 'storage.board_over_1000000.ms',
} as const;

export type Constants = Record<keyof typeof constants, number> & {
  /** Of the machine that was measured. */
  cores: number;
};

/** @throws Error naming the figure that was never measured */
export function constantsFrom({ figures, machine }: Pick<Latest, 'figures' | 'machine'>): Constants {
  const entries = Object.entries(constants).map(([name, key]) => {
    const value = figures[key]?.value;
    if (value === undefined) throw new Error(`bench/latest.json has no ${key} yet: run npm run bench`);
    return [name, value] as const;
  });
  // Object.fromEntries forgets the names; there is one entry for each.
  return { ...Object.fromEntries(entries), cores: machine.cores } as Constants;
}

/** All that a mail takes, with its confirmation, which leaves later: while so many a second were filed, every core was busy. */
export function mailMs({ cores, mailsPerS, confirmationMs }: Constants): number {
  return (cores * 1_000) / mailsPerS + confirmationMs;
}

/** The database's share of it, taken to be that of a claim. */
export function mailDatabaseMs(costs: Constants): number {
  return (mailMs(costs) * costs.databaseMs) / (costs.databaseMs + costs.commandMs);
}
