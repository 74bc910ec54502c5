import type { Frame } from '#lib/shared/board.ts';

const id = '2f1c7f6e-5d0b-4c39-9a54-0f6f0f3f9e11';
const at = '2026-11-02T08:15:30.000Z';

/** A claim as it travels: about 1 KB. */
export const sampleFrame: Frame = {
  seq: 4711,
  prev: { moderators: 4710, [`pool:${id}`]: 4710, [`member:${id}`]: 4502 },
  type: 'ticket.claimed',
  ticket: id,
  at,
  actor: { kind: 'member', id },
  command: id,
  card: {
    id,
    number: 1042,
    pool: id,
    status: 'assigned',
    visibility: 'public',
    priority: 'normal',
    channel: 'mail',
    tags: ['sanitär'],
    requester: id,
    member: id,
    group: null,
    owners: [],
    due: null,
    deferred: null,
    created: at,
    waiting: at,
    lastCustomer: at,
    lastMessage: at,
    subject: 'Im 3. Stock tropft der Hahn, seit Montag wird es schlimmer',
    customer: 'Erika Mustermann',
  },
  data: { from: { member: null, group: null } },
};
