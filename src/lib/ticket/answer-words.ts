import { m } from '#lib/i18n/paraglide/messages.js';

/** Enhanced status codes first (RFC 3463), then what servers say without one. */
const known: [RegExp, () => string][] = [
  [
    /\b5\.1\.[0-36]\b|no such user|user unknown|unknown user|mailbox (?:not found|unavailable)|does not exist/i,
    m.sending_answer_address,
  ],
  [/\b5\.1\.2\b|\b5\.4\.4\b|ENOTFOUND|EDNS|domain not found/i, m.sending_answer_domain],
  [/\b[45]\.2\.2\b|mailbox (?:is )?full|over quota|quota exceeded/i, m.sending_answer_full],
  [/\b[45]\.3\.4\b|\b5\.2\.3\b|\b552\b|too large|size limit/i, m.sending_answer_large],
  [/greylist|try again later|\b4\.7\.1\b|^450\b|^451\b/i, m.sending_answer_later],
  [/\b5\.7\.\d+|spam|blocked|policy|reputation/i, m.sending_answer_refused],
  [
    /ECONNREFUSED|ETIMEDOUT|ECONNECTION|ESOCKET|Timeout|Connection closed|took too long|\b4\.4\.\d\b/i,
    m.sending_answer_away,
  ],
  [/^535|^530|EAUTH|authenticat|Invalid login/i, m.sending_answer_account],
  [/^interrupted$/, m.sending_answer_interrupted],
  // Our own word (server/mail/smtp-line.ts).
  [/^Lotse was stopped/, m.sending_answer_stopped],
];

/** The receiving server's answer in plain words; its own words where we have none. */
export function answerWords({ state, response }: { state: string; response: string }): string {
  const words = known.find(([pattern]) => pattern.test(response))?.[1]();
  if (state === 'unknown' && response !== 'interrupted') return m.sending_answer_unknown();
  return words ?? response;
}
