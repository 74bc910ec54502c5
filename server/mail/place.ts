import { asSystem, type Tx } from '#server/database/actor.ts';
import * as mails from '#server/domain/mails.ts';
import { decide, type Candidate, type Decision } from './decision.ts';
import type { Verdicts } from './machine.ts';
import type { ParsedMail } from './parsed.ts';
import { isDoubted, senderProof } from './sender-proof.ts';
import { ownIdOf } from './thread-ids.ts';
import { threadHints, type Hint } from './thread.ts';

type Incoming = {
  queued: { id: string };
  mail: ParsedMail;
  account: { id: string; workspaceId: string; authservId: string };
  key: Buffer;
  verdicts: Verdicts;
};

/**
 * Where mails of one workspace belong, in their order: their hints followed in the database, then the gate. `waits` is what
 * answers a mail that came before and is not filed yet.
 */
export async function placeOf(workspaceId: string, incoming: Incoming[]): Promise<(Decision | 'waits')[]> {
  const hinted = incoming.map((each) => ({ each, hints: hintsOf(each) }));
  if (hinted.every(({ hints }) => hints.length === 0)) return incoming.map((each) => decide([], factsOf(each)));
  return asSystem(
    workspaceId,
    async (tx) => {
      const waiting = await mails.waiting(tx, hinted.flatMap(answersOf));
      return Promise.all(
        hinted.map(async ({ each, hints }) =>
          waiting.has(each.queued.id) ? 'waits' : decide(await follow(tx, each, hints), factsOf(each)),
        ),
      );
    },
    { readOnly: true },
  );
}

function factsOf({ mail, account, verdicts }: Incoming) {
  return {
    // Where nobody says: what a From address alone could reach is kept small by the gate.
    isForged: isDoubted(mail, account.authservId),
    isProven: senderProof(mail, account.authservId) === 'pass',
    isAutomatic: verdicts.automatic.length > 0,
    isReport: verdicts.report !== null,
    isOwn: verdicts.ownMail.length > 0,
  };
}

function hintsOf({ mail, account, key, verdicts }: Incoming): Hint[] {
  // A report names the mail of ours that it concerns.
  const own = ownIdOf(key, verdicts.report?.originalMessageId ?? '');
  const reported: Hint[] = own ? [{ by: 'ownId', ...own }] : [];
  return [...reported, ...threadHints(mail, { key, workspaceId: account.workspaceId })];
}

function answersOf({ each, hints }: { each: Incoming; hints: Hint[] }) {
  return hints.flatMap((hint) =>
    hint.by === 'foreignId' ? [{ mailId: each.queued.id, messageId: hint.messageId }] : [],
  );
}

async function follow(tx: Tx, { mail, account }: Incoming, hints: Hint[]): Promise<Candidate[]> {
  const candidates: Candidate[] = [];
  for (const hint of hints) {
    const ticket = await mails.ticketOf(tx, whereOf(hint, account.id), mail.from?.address ?? '');
    if (ticket) candidates.push({ hint, ...ticket });
  }
  return candidates;
}

function whereOf(hint: Hint, accountId: string) {
  if (hint.by === 'ownId') return { ticketId: hint.ticketId };
  if (hint.by === 'foreignId') return { accountId, messageId: hint.messageId };
  return { number: hint.number };
}
