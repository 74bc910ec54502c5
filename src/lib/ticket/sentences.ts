import { list } from '#lib/i18n/formats.ts';
import { date, time } from '#lib/i18n/formats.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { HistoryEntry } from '#lib/shared/history.ts';
import { priorities, statuses } from '#lib/shared/ticket.ts';
import { deliveryWords, priorityWords, statusWords } from './words.ts';

type Say = (entry: HistoryEntry) => string;

/** What was done, after the name of who did it: one sentence for each type of event, with before and after. */
const sentences: Partial<Record<HistoryEntry['type'], Say>> = {
  'ticket.viewed': () => m.ticket_said_viewed(),
  'ticket.created': () => m.ticket_said_created(),
  'ticket.claimed': ({ data, names }) => {
    const from = holder(data['from'], names);
    return from ? m.ticket_said_claimed_from({ from }) : m.ticket_said_claimed();
  },
  'ticket.released': ({ data, names }) => m.ticket_said_released({ from: holder(data['from'], names) || somebody() }),
  'ticket.assigned': ({ data, names }) => {
    const to = holder(data['to'], names) || somebody();
    const from = holder(data['from'], names);
    return from ? m.ticket_said_assigned_from({ from, to }) : m.ticket_said_assigned({ to });
  },
  'ticket.moved': ({ data, names }) =>
    m.ticket_said_moved({ from: named(data['from'], names), to: named(data['to'], names) }),
  'ticket.changed': changed,
  'ticket.answered': ({ data }) =>
    list([
      m.ticket_said_answered(),
      ...(fieldsIn(data).includes('deferred') ? [m.ticket_said_resumed()] : []),
      ...(fieldsIn(data).includes('priority') ? [m.ticket_said_urgent()] : []),
    ]),
  'ticket.statusChanged': ({ data }) => m.ticket_said_status({ from: status(data['from']), to: status(data['to']) }),
  'ticket.visibilityChanged': ({ data }) =>
    data['to'] === 'internal' ? m.ticket_said_made_internal() : m.ticket_said_made_public(),
  'ticket.closed': ({ data }) => (data['informed'] ? m.ticket_said_closed_informed() : m.ticket_said_closed()),
  'ticket.consulted': ({ data, names }) => {
    const name = named(data['contact'], names);
    return data['kind'] === 'forward' ? m.ticket_said_forwarded({ name }) : m.ticket_said_asked({ name });
  },
  'ticket.reopened': () => m.ticket_said_reopened(),
  'ticket.supported': ({ data, names }) => m.ticket_said_supported({ name: named(data['member'], names) }),
  'ticket.unsupported': ({ data, names }) => m.ticket_said_unsupported({ name: named(data['member'], names) }),
  'customer.added': ({ data, names }) => {
    const name = named(data['contact'], names);
    return data['verified'] === false ? m.ticket_said_stranger({ name }) : m.ticket_said_customer({ name });
  },
  'message.posted': posted,
  'message.edited': ({ data }) => (isInternal(data) ? m.ticket_said_edited_comment() : m.ticket_said_edited_message()),
  'message.withdrawn': ({ data }) =>
    isInternal(data) ? m.ticket_said_withdrew_comment() : m.ticket_said_withdrew_message(),
  'file.added': ({ data, names }) => m.ticket_said_file({ name: names[String(data['file'])] ?? m.ticket_a_file() }),
  'file.shown': ({ data, names }) => {
    const name = names[String(data['file'])] ?? m.ticket_a_file();
    return isInternal(data) ? m.ticket_said_file_hidden({ name }) : m.ticket_said_file_shown({ name });
  },
  'file.removed': () => m.ticket_said_file_removed(),
  'mail.queued': ({ data, names }) => m.ticket_said_mail({ to: named(data['mail'], names) }),
  'mail.changed': ({ data, names }) =>
    m.ticket_said_mail_state({ to: named(data['mail'], names), state: delivery(data['state']) }),
  'note.edited': () => m.ticket_said_note(),
  'link.revoked': ({ data, names }) => m.ticket_said_revoked({ name: named(data['link'], names) }),
};

export function sentence(entry: HistoryEntry): string {
  return (sentences[entry.type] ?? (() => m.ticket_said_other()))(entry);
}

function posted({ data }: HistoryEntry): string {
  if (data['machine']) return data['machine'] === 'bounce' ? m.ticket_said_bounce() : m.ticket_said_automatic();
  if (data['kind'] === 'update') return m.ticket_said_update();
  if (isInternal(data)) return m.ticket_said_comment();
  return data['channel'] === 'mail' ? m.ticket_said_message_mail() : m.ticket_said_message();
}

/** Several fields may change at once; of personal text the ledger keeps only that it changed. */
function changed({ data, names }: HistoryEntry): string {
  const fields = fieldsIn(data);
  const [before, after] = [record(data['before']), record(data['after'])];
  const parts = fields.map((field) => {
    const change = { from: value(field, before[field], names), to: value(field, after[field], names) };
    if (field === 'subject') return m.ticket_said_subject();
    if (field === 'priority') return m.ticket_said_priority(change);
    if (field === 'tags') return m.ticket_said_tags(change);
    if (field === 'dueAt') return m.ticket_said_due(change);
    if (field === 'deferred') return deferral(after[field]);
    if (field === 'kind') return m.ticket_said_kind(change);
    return m.ticket_said_requester(change);
  });
  return parts.length > 0 ? list(parts) : m.ticket_said_other();
}

function fieldsIn(data: Record<string, unknown>): string[] {
  return Array.isArray(data['fields']) ? data['fields'].map(String) : [];
}

function deferral(raw: unknown): string {
  if (raw === 'answer') return m.ticket_said_deferred_answer();
  return typeof raw === 'string'
    ? m.ticket_said_deferred({ until: `${date(raw)} ${time(raw)}` })
    : m.ticket_said_resumed();
}

function value(field: string, raw: unknown, names: Record<string, string>): string {
  if (raw === null || raw === undefined || raw === '' || (Array.isArray(raw) && raw.length === 0))
    return m.ticket_none();
  if (Array.isArray(raw)) return raw.join(', ');
  if (field === 'dueAt') return `${date(String(raw))} ${time(String(raw))}`;
  if (field === 'priority') {
    const priority = priorities.find((each) => each === raw);
    return priority ? priorityWords[priority]() : String(raw);
  }
  return field === 'requesterId' ? named(raw, names) : String(raw);
}

function holder(raw: unknown, names: Record<string, string>): string {
  const { member, group } = record(raw);
  const id = member ?? group;
  return id ? named(id, names) : '';
}

/** A neutral word where the reader may not know the name, or it was erased. */
function named(id: unknown, names: Record<string, string>): string {
  return names[String(id)] ?? somebody();
}

function somebody(): string {
  return m.ticket_somebody();
}

function status(raw: unknown): string {
  const known = statuses.find((each) => each === raw);
  return known ? statusWords[known]() : String(raw);
}

function delivery(raw: unknown): string {
  if (raw === 'delayed') return m.sending_mail_delayed();
  const known = Object.entries(deliveryWords).find(([state]) => state === raw);
  return known ? known[1]() : String(raw);
}

function isInternal(data: Record<string, unknown>): boolean {
  return data['visibility'] === 'internal';
}

function record(raw: unknown): Record<string, unknown> {
  return typeof raw === 'object' && raw !== null ? { ...raw } : {};
}
