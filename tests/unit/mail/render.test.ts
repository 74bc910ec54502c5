import { parseDocument } from 'htmlparser2';
import { describe, expect, test } from 'vitest';
import { toText } from '#server/mail/html-text.ts';
import { halve, splitHtml, splitText } from '#server/mail/quote.ts';
import { renderMail, senderName, type Frame, type MailContent } from '#server/letters/render.ts';
import { greetingFor, type Person } from '#server/letters/salutation.ts';
import { separatorToken } from '#server/mail/separator.ts';

const token = separatorToken(Buffer.alloc(32, 9));
const weber: Person = { salutation: 'ms', title: 'Dr.', name: 'Anna Weber' };
const ticket = { number: 1042, subject: 'Heizung <kalt> & "laut"', url: 'https://desk.example.org/t/abc?x=1&y=2' };
const frame: Frame = {
  language: 'de',
  company: 'Hausverwaltung Nord <GmbH>',
  accent: '#0f6b6b',
  recipient: weber,
  separator: token,
  timeZone: 'Europe/Berlin',
};
const ownOf = (html: string) => toText(halve(html, splitHtml(html, token)).own);
const written = {
  html: '<p>Der Techniker kommt <strong>morgen</strong>.</p>',
  text: 'Der Techniker kommt morgen.',
  author: 'Jonas Brandt',
};

const contents: MailContent[] = [
  { kind: 'confirmation', ticket },
  {
    kind: 'message',
    ticket,
    message: written,
    files: [
      { name: 'Plan "EG".pdf', size: 240_000, isAttached: true },
      { name: 'Film.mp4', size: 90_000_000, isAttached: false },
    ],
  },
  {
    kind: 'closing',
    ticket,
    message: written,
    history: [
      { author: 'Jonas Brandt', at: new Date('2026-04-02T08:11:00Z'), html: '<p>Wir kommen.</p>', text: 'Wir kommen.' },
      { author: null, at: new Date('2026-04-01T08:11:00Z'), html: '<p>Es ist kalt.</p>', text: 'Es ist kalt.' },
    ],
    hasMore: true,
  },
  {
    kind: 'invitation',
    inviter: 'Mara Stein',
    url: 'https://desk.example.org/invitation/abc',
    until: new Date('2026-04-09T08:00:00Z'),
  },
  { kind: 'magicLink', url: 'https://desk.example.org/login/confirm?token_hash=abc' },
  { kind: 'passwordReset', url: 'https://desk.example.org/login/confirm?token_hash=abc&reset=1' },
];

describe.each(['de', 'en'] as const)('in %s', (language) => {
  test.each(contents)(
    '$kind says the same in text and HTML, escapes what is plain, and links only to us',
    (content) => {
      const { subject, text, html } = renderMail(content, { ...frame, language });
      expect(subject).not.toMatch(/[\r\n]/);
      expect(html).not.toMatch(/<GmbH>|<kalt>|undefined|\[object/);
      expect(text).not.toMatch(/undefined|\[object|<p>|&amp;/);
      const links = [...html.matchAll(/href="([^"]*)"/g)].map((match) => match[1] ?? '');
      expect(links.length).toBeGreaterThan(0);
      for (const link of links) expect(link).toMatch(/^https:\/\/desk\.example\.org\//);
      expect(text).toContain(links[0]?.replaceAll('&amp;', '&'));
      // Every line of the text part stands in the HTML part too, rules and marks aside.
      const shown = toText(html).replace(/[\s>]+/g, '');
      for (const line of text.split('\n').filter((part) => /\p{L}/u.test(part) && !/^(?:##|https:)/.test(part))) {
        expect(shown).toContain(
          line
            .replace(/^\s*(?:- )?/, '')
            .replace(/:$/, '')
            .replace(/[\s>]+/g, ''),
        );
      }
    },
  );

  test.each(contents)(
    '$kind is laid out for Outlook: tables, inline styles, no style sheet, script or image',
    (content) => {
      const { html } = renderMail(content, { ...frame, language });
      expect(html).not.toMatch(/<(?:style|script|img|link|form)\b|url\(|flex|grid/i);
      expect(html).toMatch(/<table role="presentation"/);
      expect(parseDocument(html).children.length).toBeGreaterThan(0);
    },
  );
});

describe('a ticket mail', () => {
  test('carries the number in the subject and the customer’s own link', () => {
    const { subject, text } = renderMail({ kind: 'confirmation', ticket }, frame);
    expect(subject).toBe('[#1042] Heizung <kalt> & "laut"');
    expect(text).toContain('#1042');
    expect(text).toContain(ticket.url);
  });

  test('greets in the customer’s language and signs with the author', () => {
    const german = renderMail({ kind: 'message', ticket, message: written, files: [] }, frame).text;
    expect(german).toContain(
      'Guten Tag Frau Dr. Weber,\n\nDer Techniker kommt morgen.\n\nFreundliche Grüße\nJonas Brandt\nHausverwaltung Nord <GmbH>',
    );
    const english = renderMail(
      { kind: 'message', ticket, message: written, files: [] },
      { ...frame, language: 'en' },
    ).text;
    expect(english).toContain('Dear Dr Weber,');
  });

  test('does not greet twice when the writer already did', () => {
    const own = { html: '<p>x</p>', text: 'Hallo Frau Weber,\nmorgen.\n\nViele Grüße\nJonas', author: 'Jonas Brandt' };
    const { text } = renderMail({ kind: 'message', ticket, message: own, files: [] }, frame);
    expect(text).not.toContain('Guten Tag');
    expect(text).not.toContain('Freundliche Grüße');
  });

  test('lists files with their size, and says which wait on the page', () => {
    const message = contents[1];
    if (message?.kind !== 'message') throw new Error('expected a message');
    const { text } = renderMail(message, frame);
    expect(text).toContain('- Plan "EG".pdf (240 kB)\n- Film.mp4 (90 MB, auf der Seite Ihrer Anfrage)');
  });

  test('shows the history with its times in the named zone', () => {
    const closing = contents[2];
    if (closing?.kind !== 'closing') throw new Error('expected a closing');
    expect(renderMail(closing, frame).text).toContain('Jonas Brandt, 02.04.2026, 10:11\n    Wir kommen.');
    expect(renderMail(closing, frame).text).toContain('Sie, 01.04.2026, 10:11');
  });

  test('comes back in an answer as one fold, whatever the program did to it', () => {
    const { html, text } = renderMail({ kind: 'message', ticket, message: written, files: [] }, frame);
    const body = html.replace(/^.*?<body[^>]*>/s, '').replace(/<\/body>.*/s, '');
    const stripped = body.replace(/ (?:class|data-\w+|style|id)(?:-\w+)*="[^"]*"/g, '');
    expect(ownOf(`<p>Danke!</p>${body}`)).toBe('Danke!');
    expect(ownOf(`<p>Danke!</p><blockquote type="cite">${stripped}</blockquote>`)).toBe('Danke!');
    // Without a mark of the program and without ours, the words for the inbox stay: ugly, but nothing of the customer's is hidden.
    expect(ownOf(`<p>Danke!</p><div>${stripped}</div>`)).toBe('Danke!\n\nNeue Nachricht von Jonas Brandt');
    const answer = `Danke!\n\n${text}`;
    expect(halve(answer, splitText(answer, token)).own.trim()).toBe('Danke!');
    const quoted = `Danke!\n\nAm 02.04.26 um 10:11 schrieb Jonas:\n${text.replace(/^/gm, '> ')}`;
    expect(halve(quoted, splitText(quoted, token)).own.trim()).toBe('Danke!');
  });

  test('refuses a link that is none', () => {
    expect(() =>
      renderMail({ kind: 'confirmation', ticket: { ...ticket, url: 'javascript:alert(1)' } }, frame),
    ).toThrow(TypeError);
  });

  test('a colour that is none does not reach the mail', () => {
    expect(renderMail({ kind: 'confirmation', ticket }, { ...frame, accent: 'red"><script>' }).html).not.toContain(
      'script',
    );
  });
});

test.each<[Person | null, string, string]>([
  [weber, 'Guten Tag Frau Dr. Weber,', 'Dear Dr Weber,'],
  [
    { salutation: 'mr', title: '', name: 'Karl von der Heide' },
    'Guten Tag Herr von der Heide,',
    'Dear Mr von der Heide,',
  ],
  [
    { salutation: 'mr', title: 'Dipl.-Ing.', name: 'Weber, Karl' },
    'Guten Tag Herr Dipl.-Ing. Weber,',
    'Dear Mr Weber,',
  ],
  [{ salutation: 'mx', title: 'Prof. Dr.', name: 'Kim Lang' }, 'Guten Tag Prof. Dr. Kim Lang,', 'Dear Prof Kim Lang,'],
  [{ salutation: '', title: '', name: 'Erika Muster' }, 'Guten Tag Erika Muster,', 'Dear Erika Muster,'],
  [{ salutation: '', title: '', name: 'erika@example.com' }, 'Guten Tag,', 'Hello,'],
  [null, 'Guten Tag,', 'Hello,'],
])('%o is greeted', (person, german, english) => {
  expect(greetingFor(person, 'de')).toBe(german);
  expect(greetingFor(person, 'en')).toBe(english);
});

test('the sender is the agent with the company, on one line', () => {
  expect(senderName('Jonas Brandt', 'Hausverwaltung Nord', 'de')).toBe('Jonas Brandt (Hausverwaltung Nord)');
  expect(senderName(null, 'Hausverwaltung\r\nNord', 'de')).toBe('Hausverwaltung Nord');
});
