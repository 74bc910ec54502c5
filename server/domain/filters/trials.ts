import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { Command } from '#lib/shared/commands.ts';
import { foreseen, type Foreseen, type TrialFound, type TriedMail } from '#lib/shared/foreseen.ts';
import type { Tx } from '#server/database/actor.ts';
import type { Act } from '../act.ts';

/** Asks for a filter to be run over past mails; the mail side reads them and answers. */
export async function ask(act: Act, { filter, conditions, actions, ...input }: Command<'filter.try'>) {
  const trial = randomUUID();
  const { sql, actor } = act;
  const row = {
    id: trial,
    workspaceId: actor.workspaceId,
    memberId: actor.kind === 'member' ? actor.memberId : null,
    filterId: filter,
    joins: input.joins ?? 'all',
    stops: input.stops ?? true,
    direction: input.direction,
    isMine: input.isMine,
    conditions: sql.json(conditions),
    actions: sql.json(actions),
  };
  await sql`insert into lotse.filter_trials ${sql(row)}`;
  return { trial };
}

type Row = { state: TrialFound['state']; looked: number; direction: 'in' | 'out'; outcomes: unknown };

/** What became of it; null for one that is not there or another's. Who asked gives up after two minutes. */
export async function trialOf(tx: Tx, id: string): Promise<TrialFound | null> {
  const { sql } = tx;
  const [trial] = await sql<Row[]>`
    select
      case when state = 'done' then state when created_at < now() - interval '2 minutes' then 'failed' else 'asked' end as state,
      looked, direction, outcomes
    from lotse.filter_trials
    where id = ${id}
  `;
  if (!trial) return null;
  const outcomes = z.array(foreseen).parse(trial.outcomes);
  const ids = outcomes.map(({ mail }) => mail);
  const mails =
    trial.direction === 'in'
      ? await sql<Head[]>`
          select id, subject, from_name, coalesce(nullif(from_address, ''), envelope_from) as from_address, received_at
          from lotse.mails
          where id = any (${ids}::uuid[])
          order by received_at desc, id desc
        `
      : await sql<Head[]>`
          select id, subject, '' as from_name, to_address as from_address, created_at as received_at
          from lotse.outgoing_mails
          where id = any (${ids}::uuid[])
          order by created_at desc, id desc
        `;
  return { state: trial.state, looked: trial.looked, mails: await worded(tx, [...mails], outcomes) };
}

type Head = Pick<TriedMail, 'id' | 'subject' | 'fromName' | 'fromAddress' | 'receivedAt'>;

async function worded({ sql }: Tx, mails: Head[], outcomes: Foreseen[]): Promise<TriedMail[]> {
  const byMail = new Map(outcomes.map((each) => [each.mail, each]));
  const named = outcomes.flatMap(({ ticket, copies }) => [...(ticket ? [ticket] : []), ...copies]);
  const tickets = await sql<{ id: string; number: number }[]>`
    select id, number from lotse.tickets where id = any (${named}::uuid[])
  `;
  const pools = await sql<{ id: string; name: string }[]>`
    select id, name from lotse.pools where id = any (${outcomes.flatMap(({ pool }) => pool ?? [])}::uuid[])
  `;
  const numberOf = new Map(tickets.map(({ id, number }) => [id, number]));
  const nameOf = new Map(pools.map(({ id, name }) => [id, name]));
  return mails.flatMap((mail) => {
    const outcome = byMail.get(mail.id);
    if (!outcome) return [];
    const { mail: _, pool, ticket, copies, ...rest } = outcome;
    return {
      ...mail,
      ...rest,
      pool: nameOf.get(pool ?? '') ?? null,
      ticket: numberOf.get(ticket ?? '') ?? null,
      copies: copies.flatMap((each) => numberOf.get(each) ?? []),
    };
  });
}
