import { describe, expect, test } from 'vitest';
import { reasonWords } from '#lib/admin/mail-words.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import { overwriteGetLocale } from '#lib/i18n/paraglide/runtime.js';
import { mailFailures, mailReasons } from '#lib/shared/reasons.ts';

// TypeScript lets the server store no other reason than these, and asks for words for each; here they are read.

describe.each(['de', 'en'] as const)('in %s', (locale) => {
  test.each([...mailReasons, ...mailFailures])('“%s” has a sentence of its own', (reason) => {
    overwriteGetLocale(() => locale);
    const words = reasonWords(reason);
    expect(words.length).toBeGreaterThan(5);
    expect(words).not.toContain(reason.includes(' ') || reason.includes('.') ? reason : `: ${reason}`);
    expect(words).not.toBe(m.admin_reason_other({ reason }));
  });

  test('what has none is shown as it stands, for the log', () => {
    overwriteGetLocale(() => locale);
    expect(reasonWords('error 7f3a')).toContain('error 7f3a');
  });
});
