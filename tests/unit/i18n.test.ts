import { globSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { preferredLanguage } from '#lib/i18n/languages.ts';

const folder = new URL('../../src/lib/i18n/', import.meta.url);
const settings = JSON.parse(readFileSync(new URL('project.inlang/settings.json', folder), 'utf8'));
const subjects = readdirSync(new URL('messages/en/', folder)).sort();

test('both languages have the same subjects, and the compiler reads each', () => {
  expect(readdirSync(new URL('messages/de/', folder)).sort()).toEqual(subjects);
  const read = settings['plugin.inlang.messageFormat'].pathPattern;
  for (const subject of subjects) expect(read).toContain(`./messages/{locale}/${subject}`);
});

describe.each(subjects)('%s', (subject) => {
  const en = messages('en', subject);
  const de = messages('de', subject);

  test('says the same things in both languages', () => {
    expect(Object.keys(de).sort()).toEqual(Object.keys(en).sort());
  });

  test('names its messages after the subject', () => {
    const strays = Object.keys(en).filter(
      (key) => !/^[a-z]+(_[a-z0-9]+)+$/.test(key) || !key.startsWith(subject.replace('.json', '_')),
    );
    expect(strays).toEqual([]);
  });

  test('leaves nothing empty', () => {
    const empty = [...Object.entries(en), ...Object.entries(de)].filter(([, message]) =>
      texts(message).some((text) => !text.trim()),
    );
    expect(empty).toEqual([]);
  });

  test('fills in the same values in both languages', () => {
    for (const [key, message] of Object.entries(en)) expect([key, inputs(de[key])]).toEqual([key, inputs(message)]);
  });
});

test('every message is shown somewhere', () => {
  const code = globSync('{src,server}/**/*.{ts,svelte,mjs}', { exclude: (path) => path.includes('paraglide') })
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const named = new Set([...code.matchAll(/\bm\.(\w+)/g)].map(([, key]) => key));
  const begun = [...code.matchAll(/\bm\[`(\w+)\$\{/g)].map(([, beginning]) => beginning ?? '');
  const keys = subjects.flatMap((subject) => Object.keys(messages('de', subject)));
  const lost = keys.filter((key) => !named.has(key) && !begun.some((beginning) => key.startsWith(beginning)));
  expect(lost).toEqual([]);
});

test.each([
  ['de-CH,de;q=0.9,en;q=0.8', 'de'],
  ['en-GB,en;q=0.9,de;q=0.8', 'en'],
  ['fr,de;q=0.3,en;q=0.2', 'de'],
  ['en;q=0,de;q=0.1', 'de'],
  ['pl', 'en'],
  [';;,q=1', 'en'],
  [null, 'en'],
])('a browser that asks for %j is answered in %s', (header, language) => {
  expect(preferredLanguage(header)).toBe(language);
});

function messages(language: string, subject: string): Record<string, unknown> {
  return JSON.parse(readFileSync(new URL(`messages/${language}/${subject}`, folder), 'utf8'));
}

/** All wordings of a message: one, or one per case where the wording depends on a number. */
function texts(message: unknown): string[] {
  if (typeof message === 'string') return [message];
  if (Array.isArray(message) && message.length) return message.flatMap((part) => texts(part.match));
  return message && typeof message === 'object' ? Object.values(message).flatMap(texts) : [''];
}

function inputs(message: unknown): string[] {
  const declared = Array.isArray(message) ? message.flatMap((part) => part.declarations ?? []) : [];
  const named = declared.map((line) => /^input (\w+)/.exec(line)?.[1] ?? '').filter(Boolean);
  const used = texts(message).flatMap((text) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name ?? ''));
  return [...new Set([...named, ...used])].sort();
}
