import { expect, test } from 'vitest';
import { m } from '#lib/i18n/paraglide/messages.js';
import { answerWords } from '#lib/ticket/answer-words.ts';
import { Stopped } from '#server/mail/smtp-line.ts';

// What stands on a message about its mail: a server's answer in plain words, and our own.

test.each([
  ['queued', new Stopped().message, m.sending_answer_stopped()],
  ['unknown', new Stopped().message, m.sending_answer_unknown()],
  ['queued', 'The server took too long', m.sending_answer_away()],
  ['bounced', '550 5.1.1 no such user', m.sending_answer_address()],
  ['failed', '554 Nein, danke', '554 Nein, danke'],
])('%s, and the server said “%s”', (state, response, words) => {
  expect(answerWords({ state, response })).toBe(words);
});
