import { z } from 'zod';
import { actions, type Direction } from '#lib/shared/filter-actions.ts';
import { conditions } from '#lib/shared/filters.ts';
import type { Foreseen } from '#lib/shared/foreseen.ts';
import { asMember, asSystem, type Tx } from '#server/database/actor.ts';
import { act as perform } from '../act.ts';
import { rooms } from '../events.ts';
import { bytesOf } from '../mails/store.ts';
import { rulesFor, type Rule } from './read.ts';
import { comesToMe, opensTicket } from './reach.ts';

export type Trial = {
  id: string;
  workspaceId: string;
  memberId: string;
  direction: Direction;
  isMine: boolean;
  mailIds: string[];
  /** Those that are live, with the tried one in its place; its name is the trial's id. */
  rules: Rule[];
};

/** So many of the latest mails are looked at. */
const trialMails = 200;

type Row = Omit<Trial, 'mailIds' | 'rules'> &
  Pick<Rule, 'joins' | 'conditions' | 'actions' | 'stops'> & { filterId: string | null };
const stored = z.object({ conditions, actions });

/** The oldest that waits, for this worker alone; with the mails it is to be tried on. */
export async function nextTrial(): Promise<Trial | null> {
  const taken = await asSystem(null, async ({ sql }) => {
    // Older ones nobody waits for any more.
    await sql`delete from lotse.filter_trials where created_at < now() - interval '1 day'`;
    const [row] = await sql<Row[]>`
      update lotse.filter_trials
      set state = 'reading'
      where id = (
        select id from lotse.filter_trials where state = 'asked' order by created_at limit 1 for update skip locked
      )
      returning id, workspace_id, member_id, direction, is_mine, filter_id, joins, conditions, actions, stops
    `;
    if (!row) return null;
    const { workspaceId, direction, filterId } = row;
    return { row, rules: await rulesFor(sql, { workspaceId, direction, also: filterId }) };
  });
  if (!taken) return null;
  const { row, rules } = taken;
  const { id, workspaceId, memberId, direction, isMine } = row;
  const trial = { id, workspaceId, memberId, direction, isMine };
  const actor = { workspaceId, memberId };
  const mailIds = isMine
    ? await asMember(actor, (tx) => mine(tx, direction))
    : await everybodys(workspaceId, direction);
  return { ...trial, mailIds, rules: withTried(rules, row) };
}

function withTried(rules: Rule[], { id, filterId, isMine, ...row }: Row): Rule[] {
  const memberId = isMine ? row.memberId : null;
  const { joins, stops } = row;
  const tried: Rule = { id, name: id, isActive: true, memberId, joins, stops, ...stored.parse(row) };
  const others = rules.filter((each) => each.memberId === memberId);
  return others.some((each) => each.id === filterId)
    ? others.map((each) => (each.id === filterId ? tried : each))
    : [...others, tried];
}

function everybodys(workspaceId: string, direction: Direction): Promise<string[]> {
  return asSystem(workspaceId, async ({ sql }) => {
    const rows =
      direction === 'in'
        ? await sql<{ id: string }[]>`
            select id
            from lotse.mails
            where
              workspace_id = ${workspaceId} and (raw is not null or storage_key is not null)
              -- By which we tested an account: no rule ever sees them.
              and reason <> 'own.check'
            order by received_at desc, id desc
            limit ${trialMails}
          `
        : await sql<{ id: string }[]>`
            select id
            from lotse.outgoing_mails
            where workspace_id = ${workspaceId} and bytes is not null and ticket_id is not null
            order by created_at desc, id desc
            limit ${trialMails}
          `;
    return rows.map(({ id }) => id);
  });
}

/** What came to the person, or what he wrote. */
async function mine({ sql }: Tx, direction: Direction): Promise<string[]> {
  const rows =
    direction === 'in'
      ? await sql<{ id: string }[]>`
          select m.id
          from lotse.mails m
          left join lotse.tickets t on t.id = m.ticket_id
          where (m.raw is not null or m.storage_key is not null) and m.state in ('waiting', 'filed') and ${comesToMe(sql)}
          order by m.received_at desc, m.id desc
          limit ${trialMails}
        `
      : await sql<{ id: string }[]>`
          select o.id
          from lotse.outgoing_mails o
          join lotse.messages said on said.id = o.ticket_message_id and said.author_member_id = private.member()
          order by o.created_at desc, o.id desc
          limit ${trialMails}
        `;
  return rows.map(({ id }) => id);
}

/** A mail of a trial, with where it went then. */
export type TrialMail = {
  raw: Buffer;
  accountId: string | null;
  envelopeTo: string[];
  ticketId: string | null;
  kind: string;
  opened: boolean;
  waited: boolean;
};

type Stored = Omit<TrialMail, 'raw'> & { raw: Uint8Array | null; storageKey: string | null };

/** One after the other: the bytes of two hundred at once would be a lot of memory. Null where they are gone. */
export async function trialBytes({ workspaceId, direction }: Trial, mail: string): Promise<TrialMail | null> {
  const [row] = await asSystem(
    workspaceId,
    ({ sql }) =>
      direction === 'in'
        ? sql<Stored[]>`
            select
              m.raw, m.storage_key, m.account_id, m.envelope_to, m.ticket_id, '' as kind, ${opensTicket(sql)} as opened,
              m.asked_at is not null as waited
            from lotse.mails m
            where m.id = ${mail}
          `
        : sql<Stored[]>`
            select
              bytes as raw, null as storage_key, account_id, '{}'::text[] as envelope_to, ticket_id, kind, false as opened,
              false as waited
            from lotse.outgoing_mails
            where id = ${mail}
          `,
    { readOnly: true },
  );
  if (!row) return null;
  const { storageKey, ...rest } = row;
  const raw = await bytesOf({ raw: row.raw, storageKey });
  return raw && { ...rest, raw };
}

/** What was found, told to whoever asked. */
export async function finish(trial: Trial, outcomes: Foreseen[], looked: number): Promise<void> {
  await perform({ kind: 'system', workspaceId: trial.workspaceId }, async (act) => {
    const mailIds = outcomes.map(({ mail }) => mail);
    await act.sql`
      update lotse.filter_trials
      set state = 'done', looked = ${looked}, mail_ids = ${mailIds}, outcomes = ${act.sql.json(outcomes)}
      where id = ${trial.id}
    `;
    act.record({ type: 'filter.tried', data: { trial: trial.id }, audience: [rooms.member(trial.memberId)] });
  });
}
