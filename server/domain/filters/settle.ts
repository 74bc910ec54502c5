import { m } from '#lib/i18n/paraglide/messages.js';
import { AppError } from '#lib/shared/errors.ts';
import type { Action } from '#lib/shared/filter-actions.ts';
import { copyLength } from '#lib/shared/limits.ts';
import { asActor, asSystem, type Actor, type Tx } from '#server/database/actor.ts';
import { act as perform, type Act } from '../act.ts';
import { paragraphs } from '../conversation/body.ts';
import { rooms } from '../events.ts';
import { attach } from '../inbox/file.ts';
import { post } from '../messages.ts';
import { claim } from '../tickets/claim.ts';
import { markRead } from '../tickets/people.ts';
import { mark } from './mark.ts';
import { comesToMe, opensTicket } from './reach.ts';
import type { FilterRun } from './runs.ts';

/** Where a mail is when its reader's rules get to it. */
type Place = {
  ticket: string | null;
  isNew: boolean;
  isFree: boolean;
  isWaiting: boolean;
  subject: string;
  person: string;
  text: string;
  /** Just after its words: a time that went through a program has no microseconds. */
  at: string;
  language: 'de' | 'en';
};

/** Does in its owner's name what he could do by hand, and nothing that he could not: his policies decide. */
export async function settleRun(run: FilterRun): Promise<void> {
  const { workspaceId, memberId, actions } = run;
  const actor: Actor = { kind: 'member', workspaceId, memberId };
  try {
    if (actions === null) throw new AppError('bad.input', { field: 'actions' });
    const place = await asActor(actor, (tx) => placeOf(tx, run), { readOnly: true });
    if (!place) {
      await forget(run);
      return;
    }
    if (place.ticket && place.isNew && place.isFree && actions.some((each) => each.do === 'claim'))
      await claim(actor, { ticket: place.ticket }, run.id);
    await perform(actor, (act) => doAll(act, { ...run, actions }, place));
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    await refuse(run, error.code);
  }
}

async function placeOf({ sql }: Tx, run: FilterRun): Promise<Place | null> {
  const me = sql`(select p.language from lotse.members p where p.id = private.member())`;
  const [place] = run.mailId
    ? await sql<Place[]>`
        select
          t.id as ticket, ${opensTicket(sql)} as is_new, t.responsible_member_id is null and t.responsible_group_id is null as is_free,
          m.state = 'waiting' as is_waiting, m.subject, coalesce(nullif(m.from_address, ''), m.envelope_from) as person,
          coalesce(said.body_text, c.body_text, '') as text, coalesce(said.occurred_at, m.received_at) + interval '1 millisecond' as at, ${me} as language
        from lotse.mails m
        left join lotse.tickets t on t.id = m.ticket_id
        left join lotse.messages said on said.id = m.ticket_message_id
        left join lotse.mail_contents c on c.mail_id = m.id
        where m.id = ${run.mailId} and ${comesToMe(sql)}
      `
    : await sql<Place[]>`
        select
          t.id as ticket, false as is_new, false as is_free, false as is_waiting, o.subject, o.to_address as person,
          said.body_text as text, said.occurred_at as at, ${me} as language
        from lotse.outgoing_mails o
        join lotse.tickets t on t.id = o.ticket_id
        join lotse.messages said on said.id = o.ticket_message_id and said.author_member_id = private.member()
        where o.id = ${run.outgoingMailId}
      `;
  return place ?? null;
}

type Readable = FilterRun & { actions: Action[] };

async function doAll(act: Act, run: Readable, place: Place): Promise<void> {
  const taken = await act.system(
    (sql) => sql`update lotse.filter_runs set state = 'done' where id = ${run.id} and state = 'asked' returning id`,
  );
  if (taken.length === 0) return;
  const of = <D extends Action['do']>(does: D) =>
    run.actions.filter((each): each is Extract<Action, { do: D }> => each.do === does);
  const [target] = of('move');
  const moved =
    place.isWaiting && run.mailId && typeof target?.number === 'number'
      ? await attach(act, { mail: run.mailId, number: target.number, isPublic: false })
      : null;
  const ticket = moved?.ticket ?? place.ticket;
  const tags = of('tag').map(({ tag }) => tag);
  const [priority] = of('priority');
  if (ticket && (tags.length > 0 || priority)) await mark(act, ticket, { tags, priority: priority?.priority ?? null });
  if (ticket && of('read').length > 0) await markRead(act, { ticket, at: place.at });
  // Which ticket the subject names was looked up when it was asked for.
  const numbers = of('copy').flatMap(({ number }) => (number === 'named' ? [] : number));
  for (const number of new Set(numbers)) await copy(act, { number, run, place });
  act.record({ type: 'filter.ran', data: { run: run.id }, audience: [rooms.member(run.memberId)] });
}

type Copy = { number: number; run: FilterRun; place: Place };

async function copy(act: Act, { number, run, place }: Copy): Promise<void> {
  const [found] = await act.sql<{ id: string }[]>`select id from lotse.tickets where number = ${number}`;
  if (!found) throw new AppError('ticket.notFound');
  const options = { locale: place.language };
  const names = { rule: run.names.join(', '), address: place.person };
  const note = run.mailId ? m.filters_note_mine(names, options) : m.filters_note_mine_out(names, options);
  const html = paragraphs([note, place.subject, place.text.slice(0, copyLength)].filter(Boolean).join('\n\n'));
  const said = { ticket: found.id, kind: 'comment' as const, visibility: 'internal' as const, html, files: [] };
  await post(act, { ...said, occasion: 'message', defer: false, history: false });
}

/** It does not come to him after all, or not any more. */
async function forget({ workspaceId, id }: FilterRun): Promise<void> {
  await asSystem(workspaceId, ({ sql }) => sql`delete from lotse.filter_runs where id = ${id}`);
}

export async function refuse({ workspaceId, memberId, id }: FilterRun, reason: string): Promise<void> {
  await perform({ kind: 'system', workspaceId }, async (act) => {
    await act.sql`
      update lotse.filter_runs set state = 'refused', reason = ${reason.slice(0, 100)} where id = ${id} and state = 'asked'
    `;
    act.record({ type: 'filter.ran', data: { run: id }, audience: [rooms.member(memberId)] });
  });
}
