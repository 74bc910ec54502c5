import * as outgoing from '#server/domain/outgoing.ts';
import type { SendResult } from './transport.ts';

/** After these many minutes a mail that could not be handed over is tried again, then each 4 hours. */
const waitsMinutes = [1, 5, 15, 60, 120];
const lastWaitMinutes = 240;
/** As long as mail servers do (RFC 5321, 4.5.4.1). */
const mostDays = 7;
const dayMs = 24 * 3_600_000;

type Tried = Pick<outgoing.Due, 'attempts' | 'delayedSince' | 'repeatedAt'>;

/** What a try means for the mail. Null: somebody decided meanwhile, and that stands. */
export function outcomeOf(due: Tried, { outcome, response }: SendResult): outgoing.Outcome | null {
  switch (outcome) {
    case 'sent':
      return { state: 'sent', response };
    case 'permanent':
      return { state: 'failed', response };
    case 'unknown':
      return unknown(due, response);
    case 'takenBack':
      return null;
    case 'auth':
      // Not the mail's fault: it waits until the account is let in again.
      return { ...later(due, response), isNoTry: true };
    case 'stopped':
      // Nobody's fault: the next start begins with it.
      return { state: 'queued', response, retryInSeconds: 0, isNoTry: true };
    case 'temporary':
      return later(due, response);
  }
}

/** Somebody waits for the answer of a check: what is a person's to mend ends it at once, and only a server that asks for patience gets it. */
export function outcomeOfCheck(due: Tried, sent: SendResult): outgoing.Outcome | null {
  const { outcome, response } = sent;
  if (outcome === 'auth') return { state: 'failed', response, trouble: 'password' };
  const isRefused = outcome === 'permanent' || (outcome === 'temporary' && /^5\d\d\b/.test(response));
  if (isRefused) return { state: 'failed', response, trouble: 'refused' };
  if (outcome === 'temporary' && sent.trouble) return { state: 'failed', response, trouble: sent.trouble };
  return outcomeOf(due, sent);
}

/** The server had the whole mail and never answered. Once this is looked into and sent again; the second time a person decides. */
function unknown({ repeatedAt }: Tried, response: string): outgoing.Outcome {
  return { state: 'unknown', response, ...(repeatedAt ? {} : { retryInSeconds: outgoing.unknownMinutes * 60 }) };
}

export function later({ attempts, delayedSince }: Tried, response: string): outgoing.Outcome {
  if (delayedSince && Date.now() - Date.parse(delayedSince) > mostDays * dayMs) return { state: 'failed', response };
  const minutes = waitsMinutes[attempts - 1] ?? lastWaitMinutes;
  return { state: 'queued', response, retryInSeconds: minutes * 60 };
}
