import { tagCount } from '#lib/shared/limits.ts';
import type { Act } from '#server/domain/act.ts';
import * as inbox from '#server/domain/inbox.ts';
import type { Meta } from '#server/domain/mails.ts';
import type { StoredFile } from '#server/domain/messages/receive.ts';
import type { Decision } from './decision.ts';
import type { Incoming } from './file-mail.ts';
import { languageOf } from './language.ts';
import { phoneIn } from './phone.ts';

type Plan = {
  decision: Extract<Decision, { kind: 'wait' }>;
  stored: StoredFile[];
  meta: Meta;
  body: { html: string; text: string; quotedHtml: string };
};

/** Puts a mail into the inbox with all that a person needs to decide about it. */
export function waitForPerson(tx: Act, incoming: Incoming, { decision, stored, meta, body }: Plan): Promise<boolean> {
  const { mail, queued, account } = incoming;
  const { related } = decision;
  return inbox.wait(tx, queued.id, {
    ...meta,
    reason: related ? `inbox, ${related.why}` : 'inbox',
    maybeTicketId: related?.ticketId ?? null,
    body,
    phone: phoneIn(incoming.body.text),
    language: languageOf(mail, account.language),
    files: stored,
    tags: [...new Set(decision.sorting?.tags)].slice(0, tagCount),
    priority: decision.sorting?.priority ?? 'normal',
  });
}
