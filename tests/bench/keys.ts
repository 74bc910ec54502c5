/*
 * The figures of the benchmark by the part that measures them. Others read bench/latest.json by these keys, so that a key
 * keeps its meaning: README.md, "Figures", docs/scale.md and the simulation in tests/scale.
 */

const fanoutTimes = ['server_p50_ms', 'server_p99_ms', 'end_p50_ms', 'end_p99_ms'];
const audiences = [100, 1_000, 5_000];

export const keys = {
  claims: [
    ...each('claims', [1, 8, 32], ['per_s']),
    'claims.8_of_10000.per_s',
    'claims.workspaces_20.per_s',
    'claims.double',
    ...each('limit.claims', [1, 8, 32], ['per_s']),
  ],
  fanout: [
    ...each('fanout', audiences, fanoutTimes),
    ...each('limit.socketio', audiences, fanoutTimes),
    ...each('limit.ws', audiences, fanoutTimes),
  ],
  beside: ['fanout.beside_big_loads.end_p99_ms'],
  board: each('board', [100, 1_000, 10_000], ['first_cards_ms', 'visible_kb', 'total_kb', 'card_nodes', 'heap_mb']),
  search: ['search.1000000.p95_ms'],
  catchup: ['catchup.1000.server_ms', 'catchup.1000.client_ms'],
  restart: ['restart.5000.all_consistent_s', 'restart.5000.full_reloads'],
  idle: ['idle.kib_per_viewer'],
  join: ['join.500.all_ready_s'],
  notes: ['notes.kib_per_open', 'notes.ms_to_other'],
  // What one thing costs in processor time, network and disk: the constants of the simulation in tests/scale.
  costs: [
    'cost.claim.process_cpu_ms',
    'cost.claim.database_cpu_ms',
    'cost.claim.wal_kb',
    'cost.counter.held_ms',
    'cost.feed_read.database_cpu_ms',
    'cost.event.cpu_us',
    'cost.delivery.cpu_us',
    'cost.delivery.receiver_cpu_us',
    'cost.frame.bytes',
    'cost.catchup.cpu_us',
    'cost.join.process_cpu_ms',
    'cost.join.database_cpu_ms',
    'cost.redis.publish_cpu_us',
    'cost.redis.delivery_cpu_us',
  ],
  storage: [...each('storage', ['ticket', 'event', 'message'], ['bytes']), 'storage.board_over_1000000.ms'],
  mail: [
    'mail.smtp.per_s',
    'mail.smtp.sustained_per_s',
    'mail.smtp.1mb_per_s',
    'mail.imap.per_s',
    'mail.imap.1mb_per_s',
    'mail.single_ms',
    'mail.rss_mb',
    'mail.out.per_s',
    'mail.out.cpu_ms',
    'limit.mail.per_s',
  ],
};

export type PartName = keyof typeof keys;

/** Nothing measures these yet; whoever measures one takes it off here. */
export const open: readonly string[] = [];

/** `fanout.100.end_p50_ms` and so on: each of them with each thing that is measured of it. */
export function each(what: string, sizes: readonly (number | string)[], things: readonly string[]): string[] {
  return sizes.flatMap((size) => things.map((thing) => `${what}.${size}.${thing}`));
}
