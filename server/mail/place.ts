import { asSystem, type Tx } from '#server/database/actor.ts';
import * as mails from '#server/domain/mails.ts';
import { decide, type Candidate, type Decision } from './decision.ts';
import type { Verdicts } from './machine.ts';
import type { ParsedMail } from './parsed.ts';
import { ownIdOf } from './thread-ids.ts';
import { threadHints, type Hint } from './thread.ts';

type Incoming = {
  mail: ParsedMail;
  account: { id: string; workspaceId: string };
  key: Buffer;
  verdicts: Verdicts;
};

/** Where a mail belongs: its hints followed in the database, then the gate. */
export async function placeOf({ mail, account, key, verdicts }: Incoming): Promise<Decision> {
  const facts = {
    // Nobody's authentication results are read yet: what a From address alone could reach is kept small by the gate.
    isForged: false,
    isAutomatic: verdicts.automatic.length > 0,
    isReport: verdicts.report !== null,
    isOwn: verdicts.ownMail.length > 0,
  };
  const hints = [...reportHints(), ...threadHints(mail, { key, workspaceId: account.workspaceId })];
  if (hints.length === 0) return decide([], facts);
  return asSystem(account.workspaceId, async (tx) => decide(await follow(tx), facts), { readOnly: true });

  async function follow(tx: Tx): Promise<Candidate[]> {
    const candidates: Candidate[] = [];
    for (const hint of hints) {
      const ticket = await mails.ticketOf(tx, whereOf(hint), mail.from?.address ?? '');
      if (ticket) candidates.push({ hint, ...ticket });
    }
    return candidates;
  }

  // A report names the mail of ours that it concerns.
  function reportHints(): Hint[] {
    const own = ownIdOf(key, verdicts.report?.originalMessageId ?? '');
    return own ? [{ by: 'ownId', ...own }] : [];
  }

  function whereOf(hint: Hint) {
    if (hint.by === 'ownId') return { ticketId: hint.ticketId };
    if (hint.by === 'foreignId') return { accountId: account.id, messageId: hint.messageId };
    return { number: hint.number };
  }
}
