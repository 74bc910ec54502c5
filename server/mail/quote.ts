import type { ParsedMail } from './parsed.ts';
import { splitHtml } from './quote-html.ts';
import { splitText } from './quote-text.ts';

/**
 * The one run of a body that is not the writer's own words. `whole.slice(from, to)` folds away,
 * the rest stays in view; nothing is ever removed from what is stored.
 */
export type Fold = { from: number; to: number; by: string };

export type Halves = { own: string; quoted: string };

export { splitHtml, splitText };

/** Both halves of a body; without a fold everything is own. */
export function halve(whole: string, fold: Fold | null): Halves {
  if (!fold) return { own: whole, quoted: '' };
  return { own: whole.slice(0, fold.from) + whole.slice(fold.to), quoted: whole.slice(fold.from, fold.to) };
}

/** Only answers are cut: a first mail or a forward is all the customer's message, quote or not. */
export function isReply(mail: Pick<ParsedMail, 'subject' | 'inReplyTo' | 'references'>): boolean {
  if (/^\s*(?:(?:fwd?|wg|tr|wl|doorst|i|rv|enc|vs)\s*:|\[fwd)/i.test(mail.subject)) return false;
  if (mail.inReplyTo.length > 0 || mail.references.length > 0) return true;
  return /^\s*(?:re|aw|antw(?:ort)?|sv|r|odp|ref|res)(?:\[\d+\]|\(\d+\))?\s*:/i.test(mail.subject);
}
