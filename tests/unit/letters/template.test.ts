import { describe, expect, test } from 'vitest';
import { occasions, problemOf } from '#lib/shared/templates.ts';
import { renderMail, type Frame } from '#server/letters/render.ts';
import { salutationFor, type Person } from '#server/letters/salutation.ts';
import { standardOf } from '#server/letters/standards.ts';
import type { TicketMail } from '#server/letters/ticket.ts';

const weber: Person = { salutation: 'ms', title: 'Dr.', name: 'Anna Weber' };
const frame: Frame = { language: 'de', company: 'Nord & Söhne', accent: '#0f6b6b', recipient: weber, separator: null };
const question: TicketMail = {
  kind: 'question',
  ticket: { number: 1042, subject: 'Heizung <kalt>', url: 'https://desk.example.org/t/abc', pool: 'Heizung' },
  message: { html: '<p>Welche <strong>Wohnung</strong>?</p>', text: 'Welche Wohnung?', author: 'Jonas Brandt' },
};
const draw = (template: string, mail: Partial<TicketMail> = {}, other: Partial<Frame> = {}) =>
  renderMail({ ...question, ...mail }, { ...frame, ...other, template });

describe('a template', () => {
  test('brings its words, its values and the text in the order it names them, as text and as HTML', () => {
    const { text, html } = draw('{salutation}\n\nzu {number} ({pool}):\n{text}\n\n{agent}, {company}\n---\nFußzeile');
    expect(text).toContain(
      'Sehr geehrte Frau Dr. Weber,\n\nzu #1042 (Heizung):\n\nWelche Wohnung?\n\nJonas Brandt, Nord & Söhne\n\n---\nFußzeile',
    );
    expect(html).toContain('<strong>Wohnung</strong>');
    expect(html).toContain('Jonas Brandt, Nord &amp; Söhne');
  });

  test('escapes what its values and its own words bring', () => {
    const { html } = draw('<b>{subject}</b>\n\n{text}');
    expect(html).toContain('&lt;b&gt;Heizung &lt;kalt&gt;&lt;/b&gt;');
  });

  test('does not look for placeholders in what a value brings', () => {
    const ticket = { ...question.ticket, subject: '{agent} {text} {company}' };
    const { text } = draw('„{subject}“\n\n{text}', { ticket });
    expect(text).toContain('„{agent} {text} {company}“');
  });

  test('drops a line whose placeholder stays empty, and a heading above nothing', () => {
    const { text } = draw('Gruß\n{agent}\n{company}\n\n# Verlauf\n\n{history}', {
      kind: 'closing',
      message: null,
      history: [],
    });
    expect(text).toContain('Gruß\nNord & Söhne');
    expect(text).not.toContain('Verlauf');
  });

  test('that forgot the list of files shows it all the same', () => {
    const files = [{ name: 'Plan.pdf', size: 1000, isAttached: true }];
    expect(draw('{text}\n\nGruß', { files }).text).toContain('- Plan.pdf (1 kB)');
  });

  test('without a link of the recipient shows none', () => {
    const { text, html } = draw('{text}\n\n{link}', { ticket: { ...question.ticket, url: null } });
    expect(text + html).not.toContain('desk.example.org');
  });
});

describe('saving a template', () => {
  test.each([
    ['{salutation}\n\n{text}', null],
    ['{Anrede}\n\n{text}', { code: 'template.unknown', detail: { placeholder: 'Anrede' } }],
    ['{{text}}', { code: 'template.ownLine' }],
    ['{}\n{text}', { code: 'template.unknown', detail: { placeholder: '' } }],
    ['{history}\n\n{text}', { code: 'template.unknown', detail: { placeholder: 'history' } }],
    ['Frage: {text}', { code: 'template.ownLine', detail: { placeholder: 'text' } }],
    ['{salutation}', { code: 'template.needsText', detail: { placeholder: 'text' } }],
    ['function () { return 1;\n}\n{text}', null],
  ])('%j', (body, problem) => {
    if (problem === null) expect(problemOf('question', body)).toBeNull();
    else expect(problemOf('question', body)).toMatchObject(problem);
  });

  test.each(occasions)('the standard text of %s could be saved', (occasion) => {
    for (const language of ['de', 'en'] as const)
      expect(problemOf(occasion, standardOf(occasion, language))).toBeNull();
  });
});

test.each<[Person | null, string, string]>([
  [weber, 'Sehr geehrte Frau Dr. Weber,', 'Dear Dr Weber,'],
  [
    { salutation: 'mr', title: '', name: 'Karl von der Heide' },
    'Sehr geehrter Herr von der Heide,',
    'Dear Mr von der Heide,',
  ],
  [{ salutation: 'mx', title: 'Prof. Dr.', name: 'Kim Lang' }, 'Guten Tag Prof. Dr. Kim Lang,', 'Dear Prof Kim Lang,'],
  [{ salutation: '', title: '', name: 'erika@example.com' }, 'Sehr geehrte Damen und Herren,', 'Dear Sir or Madam,'],
  [null, 'Sehr geehrte Damen und Herren,', 'Dear Sir or Madam,'],
])('%o is addressed', (person, german, english) => {
  expect(salutationFor(person, 'de')).toBe(german);
  expect(salutationFor(person, 'en')).toBe(english);
});
