import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { richTextToPlain, sanitiseRichText } from '#server/html.ts';
import type { Act } from './act.ts';
import * as outgoing from './outgoing.ts';
import { answered } from './tickets/answered.ts';
import { change } from './tickets/change.ts';

type Options = {
  /** Each public message of the team goes to the customers as a mail, unless another mail tells of it. */
  mails?: boolean;
  /** A comment that keeps what somebody outside was asked or told. */
  logs?: 'statement' | 'forward';
};

type Posted = Command<'message.post'>;

/** Posts a message (the customer sees it), a comment (internal) or an update. Files were uploaded before and hang on it now. */
export async function post(act: Act, input: Posted, { mails = true, logs }: Options = {}) {
  const html = sanitiseRichText(input.html);
  const text = richTextToPlain(html);
  if (!text.trim() && input.files.length === 0) throw new AppError('message.empty');
  const author = await authorOf(act);
  const message = input.message ?? randomUUID();
  // Whatever a customer's client claims, his words are a message, and public.
  const kind = author.contact ? 'message' : input.kind;
  const visibility = kind === 'message' ? 'public' : kind === 'comment' ? 'internal' : input.visibility;
  const occasion = author.member && kind === 'message' && input.occasion !== 'message' ? input.occasion : '';
  await insert(act, { ...input, message, kind, visibility, html, text, occasion: logs ?? occasion }, author);
  await hang(act, { ticket: input.ticket, message, visibility, files: input.files });
  await note(act, input.ticket, { visibility, author });
  const isMailed = mails && author.member && visibility === 'public' && (occasion || (await mailsMessages(act)));
  // While it may be taken back the customer is not shown it; when he is, he is told (outgoing/hold-back.ts).
  const isHeld = isMailed && !occasion && (await outgoing.holdBack(act, message));
  act.record({
    type: 'message.posted',
    ticket: input.ticket,
    data: { message, kind, visibility, channel: author.channel, machine: '' },
    ...(visibility === 'public' && !isHeld ? { customer: { message, kind } } : {}),
  });
  if (occasion === 'question' && input.defer) await change(act, { ticket: input.ticket, deferred: 'answer' });
  if (isMailed) {
    const { ticket, history } = input;
    await outgoing.queueForCustomers(act, { kind: occasion || 'message', ticket, message, history });
  }
  return { message };
}

/** A plain message is mailed by a rule, installed with each workspace and changed in its settings. */
async function mailsMessages({ sql }: Act): Promise<boolean> {
  const [workspace] = await sql<{ mailsMessages: boolean }[]>`select mails_messages from lotse.workspaces`;
  return workspace?.mailsMessages ?? true;
}

type Author = { member: string | null; contact: string | null; channel: 'app' | 'page' | 'portal' };

async function authorOf(act: Act): Promise<Author> {
  const { actor } = act;
  if (actor.kind === 'member') return { member: actor.memberId, contact: null, channel: 'app' };
  if (actor.kind === 'contact') return { member: null, contact: actor.contactId, channel: 'portal' };
  const [row] = await act.sql<{ contact: string | null }[]>`select private.customer() as contact`;
  if (!row?.contact) throw new AppError('forbidden');
  return { member: null, contact: row.contact, channel: 'page' };
}

type Row = Omit<Posted, 'occasion'> & { message: string; text: string; occasion: string };

async function insert(act: Act, row: Row, author: Author): Promise<void> {
  const { sql, actor } = act;
  if (author.contact) {
    await sql`
      insert into lotse.messages (id, workspace_id, ticket_id, kind, visibility, author_contact_id, channel, body_html, body_text)
      values (${row.message}, ${actor.workspaceId}, ${row.ticket}, 'message', 'public', ${author.contact}, ${author.channel}, ${row.html}, ${row.text})
    `;
  } else {
    await sql`
      insert into lotse.messages (id, workspace_id, ticket_id, kind, visibility, author_member_id, channel, body_html, body_text, occasion)
      values (${row.message}, ${actor.workspaceId}, ${row.ticket}, ${row.kind}, ${row.visibility}, ${author.member}, 'app', ${row.html}, ${row.text}, ${row.occasion})
    `;
  }
}

type Hang = { ticket: string; message: string; visibility: string; files: string[] };

/** Only the author's own loose files of this ticket: an id from elsewhere hangs nothing. They take the message's visibility. */
async function hang(act: Act, { ticket, message, visibility, files }: Hang): Promise<void> {
  if (files.length === 0) return;
  const author = await authorOf(act);
  const hung = await act.system(
    (sql) => sql`
    update lotse.files
    set message_id = ${message}, visibility = ${visibility}
    where id = any (${files}::uuid[])
      and ticket_id = ${ticket}
      and message_id is null
      and uploaded_by_member_id is not distinct from ${author.member}
      and uploaded_by_contact_id is not distinct from ${author.contact}
    returning id
  `,
  );
  if (hung.length < new Set(files).size) throw new AppError('file.notFound');
}

/** What the board shows of a conversation: since when a customer waits, and when something was said last. */
async function note(
  act: Act,
  ticket: string,
  { visibility, author }: { visibility: string; author: Author },
): Promise<void> {
  const { actor } = act;
  if (author.contact) return answered(act, { ticket, isAttended: actor.kind === 'link' && actor.isAttended === true });
  await act.system(
    (sql) => sql`
    update lotse.tickets
    set
      last_message_at = now(),
      waiting_since = case when ${visibility === 'public'} then null else waiting_since end,
      first_answered_at = case when ${visibility === 'public'} then coalesce(first_answered_at, now()) else first_answered_at end
    where id = ${ticket}
  `,
  );
}

type Changed = { ticketId: string; kind: string; visibility: 'internal' | 'public'; isHeld: boolean };

/** Of what may still be taken back the customer has heard nothing yet. A customer's own words wait for nobody. */
const isHeld = ({ sql, actor }: Act) =>
  actor.kind === 'member' ? sql`not is_told and not private.is_shown(shown_at)` : sql`false`;

/** The author changes his own words; what stood there stays in message_versions. */
export async function edit(act: Act, { message, html: raw }: Command<'message.edit'>) {
  const html = sanitiseRichText(raw);
  const text = richTextToPlain(html);
  if (!text.trim()) throw new AppError('message.empty');
  const [changed] = await act.sql<Changed[]>`
    update lotse.messages set body_html = ${html}, body_text = ${text}
    where id = ${message}
    returning ticket_id, kind, visibility, ${isHeld(act)} as is_held
  `;
  if (!changed) throw new AppError('message.notFound');
  recordChange(act, 'message.edited', { message, changed });
}

/** Takes the words back: a trace stays where they stood. A mail that left cannot be taken back, one still queued is. */
export async function withdraw(act: Act, { message }: Command<'message.withdraw'>) {
  const [changed] = await act.sql<Changed[]>`
    update lotse.messages set withdrawn_at = now()
    where id = ${message} and withdrawn_at is null
    returning ticket_id, kind, visibility, ${isHeld(act)} as is_held
  `;
  if (!changed) throw new AppError('message.notFound');
  await outgoing.cancelForMessage(act, message);
  recordChange(act, 'message.withdrawn', { message, changed });
}

type Change = { message: string; changed: Changed };

function recordChange(act: Act, type: 'message.edited' | 'message.withdrawn', { message, changed }: Change): void {
  const { kind, visibility, isHeld } = changed;
  act.record({
    type,
    ticket: changed.ticketId,
    data: { message, kind, visibility },
    ...(visibility === 'public' && !isHeld ? { customer: { message, kind } } : {}),
  });
}
