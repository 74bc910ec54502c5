import { expect, test } from 'vitest';
import { isSpam } from '#server/mail/spam.ts';

test.each([
  ['x-spam-flag', 'YES', true],
  ['x-spam-flag', 'NO', false],
  ['x-spam-status', 'Yes, score=9.1 required=5.0', true],
  ['x-spam-status', 'No, score=0.1', false],
  ['x-ms-exchange-organization-scl', '6', true],
  ['x-ms-exchange-organization-scl', '-1', false],
  ['subject', 'yes', false],
])('%s: %s → %s', (name, value, spam) => {
  expect(isSpam({ headers: new Map([[name, [value]]]) })).toBe(spam);
});
