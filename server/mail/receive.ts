import { AppError } from '#lib/shared/errors.ts';
import { faultFrom } from '#server/database/fault.ts';
import { secretFor } from '#server/database/keys.ts';
import { act } from '#server/domain/act.ts';
import { activeFilters, type Asked, type Rule } from '#server/domain/filters.ts';
import * as mails from '#server/domain/mails.ts';
import type { StoredFile } from '#server/domain/messages/receive.ts';
import { noteReportElsewhere } from '#server/domain/outgoing.ts';
import * as tickets from '#server/domain/tickets.ts';
import * as files from '#server/files.ts';
import { isCut, wholeMail } from './cut.ts';
import type { Decision } from './decision.ts';
import { fileAll, type Incoming, type Plan } from './file-mail.ts';
import { asWritten } from './handed-on.ts';
import { judgeMail } from './machine.ts';
import { readMail } from './parse.ts';
import { placeOf } from './place.ts';
import { separatorToken } from './separator.ts';
import { factsOf, ownWishes, sorted } from './sort.ts';
import { plainMailOf } from './thread-ids.ts';

/** `waits`: it answers a mail that is not filed yet. */
export type Outcome = 'ended' | 'waits' | { error: unknown };

/**
 * Files mails of the ledger: on their tickets, as new tickets, or in the ledger alone; those of one workspace in one
 * transaction. None takes another with it. Safe to repeat after any crash.
 * @returns what became of each, by its id
 */
export async function receive(batch: mails.Queued[]): Promise<Map<string, Outcome>> {
  const outcomes = new Map<string, Outcome>();
  const key = await secretFor('mail');
  const receivers = await mails.receiversOf(batch.map(({ accountId }) => accountId));
  const read = await Promise.all(
    batch.map(async (queued) => {
      try {
        return [await readOne(queued, receivers.get(queued.accountId), key)];
      } catch (error) {
        outcomes.set(queued.id, { error });
        return [];
      }
    }),
  );
  for (const [workspaceId, incoming] of Map.groupBy(read.flat(), ({ account }) => account.workspaceId))
    for (const [id, outcome] of await fileTogether(workspaceId, incoming)) outcomes.set(id, outcome);
  return outcomes;
}

async function readOne(queued: mails.Queued, account: mails.Receiver | undefined, key: Buffer): Promise<Incoming> {
  const raw = await mails.bytesOf(queued);
  if (!account || !raw) throw new AppError(queued.isPartial ? 'mail.unfetched' : 'mail.erased');
  const begin = performance.now();
  const read = await readMail(raw, separatorToken(key));
  const spent = { wait: Math.max(0, Math.round(queued.waitedMs)), read: Math.round(performance.now() - begin) };
  read.mail.deliveredTo.unshift(...queued.envelopeTo);
  const mail = asWritten(read.mail, account);
  const own = { workspaceId: account.workspaceId, addresses: account.ownAddresses, key };
  return { ...read, mail, queued, account, key, spent, verdicts: judgeMail(mail, own) };
}

async function fileTogether(workspaceId: string, incoming: Incoming[]): Promise<[string, Outcome][]> {
  const outcomes: [string, Outcome][] = [];
  const prepared: Omit<Plan, 'number'>[] = [];
  const begin = performance.now();
  const decisions = await placeOf(workspaceId, incoming);
  const rules = await activeFilters(workspaceId, 'in');
  for (const [index, each] of incoming.entries()) {
    const placed = decisions[index] ?? 'waits';
    each.spent['place'] = Math.round((performance.now() - begin) / incoming.length);
    if (placed === 'waits') {
      outcomes.push([each.queued.id, 'waits']);
      continue;
    }
    try {
      const decision = again(each, await sorted(each, placed, rules));
      const stored = decision.kind === 'ledger' ? [] : await keep(each);
      prepared.push({ incoming: each, decision, stored, wishes: wishesOf(each, rules) });
    } catch (error) {
      outcomes.push([each.queued.id, { error }]);
    }
  }
  if (prepared.length === 0) return outcomes;
  return [...outcomes, ...(await fileOrSplit(workspaceId, prepared))];
}

function wishesOf(incoming: Incoming, rules: Rule[]): Asked[] {
  const own = rules.filter(({ memberId }) => memberId !== null);
  return own.length === 0 ? [] : ownWishes(own, { facts: factsOf(incoming), subject: incoming.mail.subject });
}

/** One that could not be read before goes to the ticket that says so, also where its account asks first. */
function again({ queued }: Incoming, decision: Decision): Decision {
  if ((decision.kind !== 'open' && decision.kind !== 'wait') || queued.ticketId === null) return decision;
  return { kind: 'attach', ticketId: queued.ticketId, as: 'customer', via: 'again' };
}

/** Where one cannot be filed nothing of the others stays either: then each goes alone. */
async function fileOrSplit(workspaceId: string, prepared: Omit<Plan, 'number'>[]): Promise<[string, Outcome][]> {
  try {
    await fileAt(workspaceId, prepared);
    return prepared.map(({ incoming }) => [incoming.queued.id, 'ended']);
  } catch (error) {
    if (faultFrom(error)) return prepared.map(({ incoming }) => [incoming.queued.id, { error }]);
  }
  const outcomes: [string, Outcome][] = [];
  for (const one of prepared) outcomes.push([one.incoming.queued.id, await fileAlone(workspaceId, one)]);
  return outcomes;
}

/** The ticket may be closed between the decision and the message; then the decision is made again. */
async function fileAlone(workspaceId: string, plan: Omit<Plan, 'number'>, attempt = 1): Promise<Outcome> {
  try {
    const [placed = 'waits'] = await placeOf(workspaceId, [plan.incoming]);
    if (placed === 'waits') return 'waits';
    const rules = await activeFilters(workspaceId, 'in');
    const sortedAs = await sorted(plan.incoming, placed, rules);
    // Its ticket may be closed by now.
    const decision = attempt === 1 ? again(plan.incoming, sortedAs) : sortedAs;
    const stored =
      decision.kind !== 'ledger' && plan.decision.kind === 'ledger' ? await keep(plan.incoming) : plan.stored;
    await fileAt(workspaceId, [{ ...plan, decision, stored }]);
    return 'ended';
  } catch (error) {
    if (error instanceof AppError && error.code === 'ticket.closed' && attempt < 3)
      return fileAlone(workspaceId, plan, attempt + 1);
    return { error };
  }
}

async function fileAt(workspaceId: string, prepared: Omit<Plan, 'number'>[]): Promise<void> {
  const opening = prepared.filter(({ decision }) => decision.kind === 'open').length;
  let number = opening > 0 ? await tickets.drawNumber(workspaceId, opening) : 0;
  const plans = prepared.map((each) => ({ ...each, number: each.decision.kind === 'open' ? number++ : 0 }));
  for (const { incoming } of plans) await noteElsewhere(incoming);
  await act({ kind: 'system', workspaceId }, (tx) => fileAll(tx, plans));
}

/** In a transaction of its own, and before: done again with the filing, it changes nothing. */
async function noteElsewhere({ account, key, verdicts: { report } }: Incoming): Promise<void> {
  const mail = report && plainMailOf(key, report.originalMessageId ?? '');
  if (mail) await noteReportElsewhere(account.workspaceId, mail, report);
}

/** Bytes first, rows second; what a failure leaves behind without a row is swept. Where something had to be left out, the whole mail goes along. */
async function keep({ mail, queued }: Incoming): Promise<StoredFile[]> {
  const kept: StoredFile[] = [];
  for (const { name, mime, contentId, content } of mail.attachments) {
    kept.push({
      name,
      mime: mime.slice(0, 120),
      contentId: contentId?.slice(0, 255) ?? null,
      ...(await files.put(content)),
    });
  }
  const raw = isCut(mail) ? await mails.bytesOf(queued) : null;
  return raw ? [...kept, await wholeMail(raw)] : kept;
}
