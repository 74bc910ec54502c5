import { AppError } from '#lib/shared/errors.ts';
import type { Act } from '#server/domain/act.ts';
import { asked, type Asked } from '#server/domain/filters.ts';
import * as mails from '#server/domain/mails.ts';
import type { StoredFile } from '#server/domain/messages/receive.ts';
import { copyTo } from './copies.ts';
import type { Decision } from './decision.ts';
import { keepInLedger } from './file-ledger.ts';
import { putOnTicket } from './file-ticket.ts';
import { bodyOf, metaOf } from './file-words.ts';
import type { Verdicts } from './machine.ts';
import type { ReadMail } from './parse.ts';
import { waitForPerson } from './wait.ts';

export type Incoming = ReadMail & {
  queued: mails.Queued;
  account: mails.Receiver;
  key: Buffer;
  verdicts: Verdicts;
  /** Milliseconds by step, so far. */
  spent: Record<string, number>;
};

export type Plan = {
  incoming: Incoming;
  decision: Decision;
  stored: StoredFile[];
  number: number;
  /** What rules of single people want done about it. */
  wishes: Asked[];
};

/**
 * All that mails cause, in one transaction with their rows in the ledger. Statements of different senders are sent without
 * waiting for each other; those of one sender keep their order.
 */
export async function fileAll(tx: Act, plans: Plan[]): Promise<void> {
  const begin = performance.now();
  const duplicates = await mails.duplicatesOf(
    tx,
    plans.map(({ incoming }) => incoming.queued.id),
  );
  // In one order, so that two transactions that know the same senders wait for each other once and not crosswise.
  const bySender = [...Map.groupBy(plans, ({ incoming }) => incoming.mail.from?.address ?? '')].sort(([a], [b]) =>
    a < b ? -1 : 1,
  );
  const ended = await Promise.allSettled(
    bySender.map(async ([, own]) => {
      for (const plan of own) {
        plan.incoming.spent['file'] = Math.round(performance.now() - begin);
        await file(tx, plan, duplicates.get(plan.incoming.queued.id) ?? null);
      }
    }),
  );
  const reasons = ended.flatMap((each): unknown[] => (each.status === 'rejected' ? [each.reason] : []));
  if (reasons.length > 0) throw reasons.find((reason) => !isAftermath(reason)) ?? reasons[0];
}

/** What PostgreSQL answers to all statements after the one that failed. */
function isAftermath(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === '25P02';
}

async function file(tx: Act, { incoming, decision, ...plan }: Plan, duplicateOfId: string | null): Promise<void> {
  const { queued } = incoming;
  const meta = { ...metaOf(incoming), filterNames: decision.sorting?.names ?? [] };
  if (duplicateOfId) {
    await mails.ignore(tx, queued.id, { ...meta, reason: 'duplicate', duplicateOfId });
    return;
  }
  if (decision.kind === 'ledger') return keepInLedger(tx, incoming, { decision, meta });
  if (decision.kind !== 'wait') return putOnTicket(tx, incoming, { ...plan, decision, meta });
  const { stored, wishes } = plan;
  const isFirst = await waitForPerson(tx, incoming, { decision, stored, meta, body: bodyOf(incoming, '') });
  // Another worker filed it meanwhile: nothing of this transaction may stay.
  if (!isFirst) throw new AppError('mail.filedAlready');
  await asked(tx, { mailId: queued.id }, wishes);
  await copyTo(tx, incoming, decision.sorting);
}
