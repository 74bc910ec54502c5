import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import type { Condition, Joins } from '#lib/shared/filters.ts';
import { asSystem, type Tx } from '#server/database/actor.ts';
import { act as perform, type Act } from '../act.ts';
import { rooms } from '../events.ts';
import { bytesOf } from '../mails/store.ts';

export type Trial = {
  id: string;
  workspaceId: string;
  memberId: string;
  joins: Joins;
  conditions: Condition[];
  mailIds: string[];
};

/** So many of the latest mails are looked at. */
export const trialMails = 200;

/** Asks for a filter to be run over past mails; the mail side reads them and answers. */
export async function ask(act: Act, { joins, conditions }: Command<'filter.try'>) {
  const trial = randomUUID();
  const memberId = act.actor.kind === 'member' ? act.actor.memberId : null;
  const row = { id: trial, workspaceId: act.actor.workspaceId, memberId, joins, conditions: act.sql.json(conditions) };
  await act.sql`insert into lotse.filter_trials ${act.sql(row)}`;
  return { trial };
}

export type TrialFound = {
  state: 'asked' | 'done' | 'failed';
  looked: number;
  mails: { id: string; subject: string; fromName: string; fromAddress: string; receivedAt: string }[];
};

/** What became of it; null for one that is not there or another's. */
export async function trialOf({ sql }: Tx, id: string): Promise<TrialFound | null> {
  const [trial] = await sql<{ state: TrialFound['state']; looked: number; mailIds: string[] }[]>`
    select
      case when state = 'done' then state when created_at < now() - interval '2 minutes' then 'failed' else 'asked' end as state,
      looked, mail_ids
    from lotse.filter_trials
    where id = ${id}
  `;
  if (!trial) return null;
  const mails = await sql<TrialFound['mails'][number][]>`
    select id, subject, from_name, coalesce(nullif(from_address, ''), envelope_from) as from_address, received_at
    from lotse.mails
    where id = any (${trial.mailIds}::uuid[])
    order by received_at desc, id desc
  `;
  return { state: trial.state, looked: trial.looked, mails: [...mails] };
}

/** The oldest that waits, for this worker alone; with the mails it is to be tried on. Who asked gives up after two minutes. */
export async function nextTrial(): Promise<Trial | null> {
  return asSystem(null, async ({ sql }) => {
    // Older ones nobody waits for any more.
    await sql`delete from lotse.filter_trials where created_at < now() - interval '1 day'`;
    const [trial] = await sql<Omit<Trial, 'mailIds'>[]>`
      update lotse.filter_trials
      set state = 'reading'
      where id = (
        select id from lotse.filter_trials where state = 'asked' order by created_at limit 1 for update skip locked
      )
      returning id, workspace_id, member_id, joins, conditions
    `;
    if (!trial) return null;
    const mails = await sql<{ id: string }[]>`
      select id
      from lotse.mails
      where workspace_id = ${trial.workspaceId} and (raw is not null or storage_key is not null)
      order by received_at desc, id desc
      limit ${trialMails}
    `;
    return { ...trial, mailIds: mails.map(({ id }) => id) };
  });
}

/** A mail's bytes, one after the other: two hundred at once would be a lot of memory. */
export async function trialBytes(workspaceId: string, mail: string): Promise<Buffer | null> {
  const [row] = await asSystem(
    workspaceId,
    ({ sql }) => sql<{ raw: Uint8Array | null; storageKey: string | null }[]>`
      select raw, storage_key from lotse.mails where id = ${mail}
    `,
    { readOnly: true },
  );
  return row ? bytesOf(row) : null;
}

/** What matched, told to whoever asked. */
export async function finish(trial: Trial, mailIds: string[], looked: number): Promise<void> {
  await perform({ kind: 'system', workspaceId: trial.workspaceId }, async (act) => {
    await act.sql`
      update lotse.filter_trials set state = 'done', looked = ${looked}, mail_ids = ${mailIds} where id = ${trial.id}
    `;
    act.record({ type: 'filter.tried', data: { trial: trial.id }, audience: [rooms.member(trial.memberId)] });
  });
}
