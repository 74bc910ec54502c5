// Every type of event in the ledger, and what its `data` says beside the card. Ids and codes only.

export type EventData = {
  'ticket.created': { channel: string };
  'ticket.claimed': { from: Holder };
  'ticket.released': { from: Holder };
  'ticket.assigned': { from: Holder; to: Holder };
  'ticket.moved': { from: string; to: string };
  'ticket.changed': { fields: string[]; before: Record<string, unknown>; after: Record<string, unknown> };
  /** By a customer's answer. */
  'ticket.answered': { fields: string[]; before: Record<string, unknown>; after: Record<string, unknown> };
  'ticket.statusChanged': { from: string; to: string };
  'ticket.visibilityChanged': { from: string; to: string };
  'ticket.closed': { informed: boolean };
  /** Somebody outside the team was asked for a statement, or told. */
  'ticket.consulted': { contact: string; kind: string };
  'ticket.reopened': { from: string };
  'ticket.supported': { member: string };
  'ticket.unsupported': { member: string };
  /** Appended by the database when the audience shrank; goes to those who lost sight. */
  'ticket.left': { ticket: string };
  /** To the reader's own screens. */
  'ticket.read': { at: string };
  'customer.added': { contact: string; verified: boolean };
  'message.posted': MessageData & { channel: string; machine: string };
  'message.edited': MessageData;
  'message.withdrawn': MessageData;
  'file.added': FileData;
  'file.shown': FileData;
  'file.removed': FileData;
  /** Of mail that waits for a person: it came, somebody works on it, it was decided about. */
  'mail.arrived': WaitingData;
  'mail.taken': WaitingData;
  'mail.letGo': WaitingData;
  'mail.decided': WaitingData;
  'mail.returned': WaitingData;
  'mail.queued': MailData;
  'mail.changed': MailData;
  /** Once for a while of editing, for the history. */
  'note.edited': Record<string, never>;
  'link.revoked': { link: string };
  'contact.created': { contact: string };
  'contact.changed': { contact: string; fields: string[] };
  'pool.created': { pool: string };
  'pool.changed': { pool: string; fields: string[] };
  'pool.archived': { pool: string };
  'pool.deleted': { pool: string };
  'group.created': { group: string };
  'group.changed': { group: string; fields: string[] };
  'member.invited': { invitation: string };
  'member.joined': { member: string };
  'member.changed': { member: string; fields: string[] };
  'invitation.revoked': { invitation: string };
  /** To the members whose rights to see changed: their screens read everything anew. */
  'access.changed': { reason: string; pool?: string; group?: string };
  'workspace.changed': { fields: string[] };
  'block.changed': { block: string };
  'template.changed': { occasion: string; language: string };
  'filter.created': { filter: string };
  'filter.changed': { filter: string; fields: string[] };
  'filter.deleted': { filter: string };
  /** To whoever asked: the trial has its answer. */
  'filter.tried': { trial: string };
  /** To its owner: rules of his own did something, or were refused it. */
  'filter.ran': { run: string };
  'account.created': { account: string };
  'account.changed': { account: string; fields: string[] };
  /** A check of an account came as far as that (checkSteps, or `failed`). */
  'account.checked': { account: string; check: string; step: string };
  'dkim.changed': { domain: string; what: 'created' | 'on' | 'off' | 'deleted' };
};

export type Holder = { member: string | null; group: string | null };
type MessageData = { message: string; kind: string; visibility: string };
type FileData = { file: string; message: string | null; visibility: string };
/** `as`: the reason's code, where something was decided. */
type WaitingData = { mail: string; as: string };
type MailData = { mail: string; message: string | null; state: string };

export type EventType = keyof EventData;
