import { matches, sort } from '#lib/shared/filters.ts';
import type { Foreseen } from '#lib/shared/foreseen.ts';
import { secretFor } from '#server/database/keys.ts';
import { asSystem } from '#server/database/actor.ts';
import type { Trial, TrialMail } from '#server/domain/filters.ts';
import * as mails from '#server/domain/mails.ts';
import { isAutomatic } from '#server/domain/outgoing.ts';
import type { Decision } from './decision.ts';
import { asWritten } from './handed-on.ts';
import { judgeMail } from './machine.ts';
import { readMail, type ReadMail } from './parse.ts';
import { placeOf } from './place.ts';
import { factsOf, sorted, withNumbers, type Numbered } from './sort.ts';

/**
 * What would become of a past mail if it came, or left, now, with the tried rule among those that are live. Null where the rule does
 * not mean it. Decided by the same code that decides about real mail.
 */
export async function foresee(trial: Trial, id: string, past: TrialMail): Promise<Foreseen | null> {
  const read = await readMail(past.raw);
  const facts = factsOf({ ...read, queued: { size: past.raw.length } });
  const tried = trial.rules.find(({ name }) => name === trial.id);
  if (!tried || !matches(tried, facts)) return null;
  const sorting = withNumbers(sort(trial.rules, facts), read.mail.subject);
  const nothing: Foreseen = { ...empty, mail: id, ticket: past.ticketId };
  if (!sorting.names.includes(trial.id)) return { ...nothing, passes: 'above' };
  const copies = await idsOf(trial.workspaceId, sorting.copies);
  const { tags, priority } = sorting;
  const said = { ...nothing, tags, priority, copies };
  if (trial.direction === 'out') return { ...said, does: leaving(sorting, past.kind) };
  if (trial.isMine) return { ...said, ...(await own(trial, sorting, past)) };
  const decision = await decided(trial, { id, past, read });
  if (decision === null || decision.sorting === undefined)
    return { ...nothing, passes: 'answer', ...placeIn(decision) };
  return { ...said, ...whereTo(decision, decision.account) };
}

const empty: Omit<Foreseen, 'mail'> = {
  passes: '',
  does: 'usual',
  pool: null,
  ticket: null,
  isComment: false,
  copies: [],
  tags: [],
  priority: null,
};

/** Nobody's own words are kept back by a rule about automatic mail. */
function leaving({ where }: Numbered, kind: string): Foreseen['does'] {
  if (where?.do === 'hold') return 'hold';
  return where?.do === 'silent' && isAutomatic(kind) ? 'silent' : 'usual';
}

async function own(trial: Trial, { where }: Numbered, { opened, waited }: TrialMail): Promise<Partial<Foreseen>> {
  if (where?.do === 'claim') return { does: opened ? 'claim' : 'usual' };
  if (where?.do === 'read') return { does: 'read' };
  if (where?.do !== 'move' || !waited) return { does: 'usual' };
  const [ticket = null] = await idsOf(trial.workspaceId, [where.number]);
  return ticket ? { does: 'move', ticket, isComment: true } : { does: 'usual' };
}

type Past = { id: string; past: TrialMail; read: ReadMail };
type Decided = Decision & { account: mails.Receiver };

/** Null for what waits for another mail to be filed. */
async function decided(trial: Trial, { id, past, read }: Past): Promise<Decided | null> {
  const account = past.accountId && (await mails.receiversOf([past.accountId])).get(past.accountId);
  if (!account) return null;
  const key = await secretFor('mail');
  const { workspaceId } = trial;
  const mail = asWritten({ ...read.mail, deliveredTo: [...past.envelopeTo, ...read.mail.deliveredTo] }, account);
  const verdicts = judgeMail(mail, { workspaceId, addresses: account.ownAddresses, key });
  const incoming = { ...read, mail, account, key, verdicts, queued: { id, size: past.raw.length } };
  const [placed = 'waits'] = await placeOf(workspaceId, [incoming]);
  if (placed === 'waits') return null;
  return { ...(await sorted(incoming, placed, trial.rules.map(asTeams))), account };
}

const asTeams = (rule: Trial['rules'][number]) => ({ ...rule, memberId: null });

/** A mail that rules do not touch: where it belongs. */
function placeIn(decision: Decided | null): Partial<Foreseen> {
  return decision && 'ticketId' in decision ? { ticket: decision.ticketId } : {};
}

function whereTo(decision: Decision, account: mails.Receiver): Partial<Foreseen> {
  switch (decision.kind) {
    case 'ledger':
      return { does: 'ignore', ticket: null, tags: [], priority: null };
    case 'attach':
      return { does: 'move', ticket: decision.ticketId, isComment: decision.as === 'comment' };
    case 'wait':
      return { does: 'inbox', ticket: null };
    case 'open':
      return { does: 'ticket', ticket: null, pool: decision.sorting?.pool ?? account.poolId };
  }
}

async function idsOf(workspaceId: string, numbers: number[]): Promise<string[]> {
  if (numbers.length === 0) return [];
  const rows = await asSystem(
    workspaceId,
    ({ sql }) => sql<{ id: string }[]>`
      select id from lotse.tickets where workspace_id = ${workspaceId} and number = any (${numbers}::int[])
    `,
    { readOnly: true },
  );
  return rows.map(({ id }) => id);
}
