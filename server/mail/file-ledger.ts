import type { Act } from '#server/domain/act.ts';
import * as mails from '#server/domain/mails.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { noteCheck } from './check-arrival.ts';
import { copyTo } from './copies.ts';
import type { Decision } from './decision.ts';
import type { Incoming } from './file-mail.ts';
import { ownMailOf } from './thread-ids.ts';

type Kept = { decision: Extract<Decision, { kind: 'ledger' }>; meta: mails.Meta };

/** A mail that nobody need read: what it tells of our own is noted, and it stays in the ledger alone. */
export async function keepInLedger(tx: Act, incoming: Incoming, { decision, meta }: Kept): Promise<void> {
  const { queued, verdicts } = incoming;
  // Forged reports are easy: only an id that carries our key may mark anything.
  const { report } = verdicts;
  const concerned = report && ownMailOf(incoming.key, report.originalMessageId ?? '');
  if (concerned) await outgoing.noteReport(tx, concerned, report);
  await noteCheck(tx, incoming);
  if (verdicts.check) {
    await mails.ignore(tx, queued.id, { ...meta, reason: 'own.check' });
    return;
  }
  if (decision.reason === 'own' || decision.reason === 'filter.ignored') {
    const isFirst = await mails.ignore(tx, queued.id, { ...meta, reason: decision.reason });
    if (isFirst) await copyTo(tx, incoming, decision.sorting);
    return;
  }
  await mails.file(tx, queued.id, { ...meta, reason: decision.reason, ticketId: decision.ticketId });
}
