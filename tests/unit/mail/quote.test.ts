import { describe, expect, test } from 'vitest';
import { toText } from '#server/mail/html-text.ts';
import { halve, isReply, splitHtml, splitText } from '#server/mail/quote.ts';
import { separatorText } from '#server/letters/above.ts';
import { separatorToken } from '#server/mail/separator.ts';

const ownOf = (text: string, separator?: string) => halve(text, splitText(text, separator)).own.trim();
const ownOfHtml = (html: string, separator?: string) => toText(halve(html, splitHtml(html, separator)).own).trim();

describe('plain replies', () => {
  test.each([
    [
      'Gmail, wrapped',
      'Danke!\n\nAm Do., 2. Apr. 2026 um 10:11 Uhr schrieb Support\nMusterhaus <support@example.org>:\n\n> Hallo',
    ],
    ['Thunderbird', 'Danke!\n\nAm 02.04.26 um 10:11 schrieb Support:\n> Hallo\n'],
    ['Apple Mail', 'Danke!\n\n> Am 02.04.2026 um 10:11 schrieb Support <support@example.org>:\n> \n> Hallo\n'],
    [
      'Outlook',
      'Danke!\n\nVon: Support\nGesendet: Donnerstag, 2. April 2026 10:11\nAn: Erika\nBetreff: AW: Heizung\n\nHallo',
    ],
    ['Outlook, bold', 'Danke!\n\n*Von:* Support\n*Gesendet:* Donnerstag\n*An:* Erika\n*Betreff:* Heizung\n\nHallo'],
    [
      'GMX',
      'Danke!\n\nGesendet: Donnerstag, 02. April 2026 um 10:11 Uhr\nVon: "Support" <support@example.org>\nAn: erika@example.com\nBetreff: Heizung\nHallo',
    ],
    ['Original', 'Danke!\n\n-----Ursprüngliche Nachricht-----\nHallo'],
    ['iPhone', 'Danke!\n\nVon meinem iPhone gesendet\n\n> Am 02.04.2026 um 10:11 schrieb Support:\n> Hallo'],
    [
      'Outlook mobile',
      'Danke!\n\nOutlook für Android beziehen<https://aka.ms/x>\n________________________________\nVon: Support\nGesendet: Donnerstag\nAn: Erika\nBetreff: x\n\nHallo',
    ],
    [
      'Samsung',
      'Danke!\n\nVon meinem Galaxy gesendet\n\n-------- Ursprüngliche Nachricht --------\nVon: Support\nDatum: 02.04.26\nAn: Erika\nBetreff: x\nHallo',
    ],
    ['English', 'Danke!\n\nOn Thu, Apr 2, 2026 at 10:11 AM Support <support@example.org>\nwrote:\n\n> Hallo'],
    ['signature', 'Danke!\n\n-- \nErika Muster\nMusterweg 1'],
  ])('%s: the quote folds, the words stay', (_, text) => {
    expect(ownOf(text)).toBe('Danke!');
    const { own, quoted } = halve(text, splitText(text));
    expect(own + quoted).toHaveLength(text.length);
  });

  test.each([
    ['answers between the questions', '> Welche Version?\n\nVersion 4.2\n\n> Seit wann?\n\nSeit gestern.'],
    [
      'answers below an introduction',
      'Am 02.04.26 um 10:11 schrieb Support:\n> Welche Version?\nVersion 4.2\n> Seit wann?\nSeit gestern.',
    ],
    [
      'words before and after the quote',
      'Zu Ihrer Frage:\n\nAm 02.04.26 um 10:11 schrieb Support:\n> Seit wann?\n\nSeit gestern, wie gesagt.',
    ],
    ['nothing but the quote', 'Am 02.04.26 um 10:11 schrieb Support:\n> Hallo\n> Ihr Support\n'],
    [
      'a forwarded mail',
      'Zur Info\n\n---------- Forwarded message ---------\nVon: Erika\nDate: heute\nSubject: x\n\nText',
    ],
    ['a sentence with "schrieb"', 'Am Montag schrieb mir der Hausmeister, er komme um 10 Uhr.\nEr kam nicht.'],
    ['a list with Von and Bis', 'Von: Montag\nBis: Freitag\nbin ich da.'],
    ['one line', 'Danke'],
    ['nothing', ''],
  ])('%s: nothing is cut', (_, text) => {
    expect(ownOf(text)).toBe(text.trim());
  });

  test('an answer below the quote folds the quote above it', () => {
    const text = 'Am 02.04.26 um 10:11 schrieb Support:\n> Hallo Frau Muster\n\nDanke, es geht wieder.';
    expect(ownOf(text)).toBe('Danke, es geht wieder.');
  });

  test('our own separator is enough where a program leaves no introduction', () => {
    const token = separatorToken(Buffer.alloc(32, 7));
    const text = `Danke!\n\n## Bitte oberhalb antworten ${separatorText(token)} ##\nGuten Tag`;
    expect(ownOf(text, token)).toBe('Danke!');
    expect(ownOf(text, separatorToken(Buffer.alloc(32, 8)))).toContain('Guten Tag');
  });
});

describe('HTML replies', () => {
  const own = '<p>Danke!</p>';
  test.each([
    [
      'Gmail',
      `<div dir="ltr">Danke!</div><br><div class="gmail_quote gmail_quote_container"><div class="gmail_attr">Am Do. schrieb Support:</div><blockquote class="gmail_quote">Hallo</blockquote></div>`,
    ],
    [
      'Outlook web',
      `${own}<div id="appendonsend"></div><hr><div id="divRplyFwdMsg"><b>Von:</b> Support</div><div>Hallo</div>`,
    ],
    ['Outlook web, resent', `${own}<hr><div id="x_divRplyFwdMsg"><b>Von:</b> Support</div><div>Hallo</div>`],
    [
      'Outlook for Windows, cm',
      `<div class="WordSection1">${own}<div><div style="border:none;border-top:solid #E1E1E1 1.0pt;padding:3.0pt 0cm 0cm 0cm"><p><b>Von:</b> Support</p></div></div><p>Hallo</p></div>`,
    ],
    [
      'Outlook, headers only',
      `<p>Danke!</p><p><b>Von:</b> Support<br><b>Gesendet:</b> heute<br><b>An:</b> Erika<br><b>Betreff:</b> x</p><p>Hallo</p>`,
    ],
    [
      'Thunderbird',
      `${own}<div class="moz-cite-prefix">Am 02.04.26 um 10:11 schrieb Support:<br></div><blockquote type="cite">Hallo</blockquote>`,
    ],
    [
      'Apple',
      `<div>Danke!</div><br><blockquote type="cite"><div>Am 02.04.2026 um 10:11 schrieb Support:</div><div>Hallo</div></blockquote>`,
    ],
    [
      'Yahoo',
      `${own}<div id="ydp123yahoo_quoted_1" class="ydp123yahoo_quoted"><div>Am Do. schrieb Support:</div><div>Hallo</div></div>`,
    ],
    [
      'Proton',
      `${own}<div class="protonmail_signature_block">Gesendet mit Proton Mail</div><div class="protonmail_quote">Am Do. schrieb Support:<blockquote class="protonmail_quote">Hallo</blockquote></div>`,
    ],
    ['GMX', `<div>Danke!</div><div name="quote"><div><b>Gesendet:</b> heute<br><b>Von:</b> Support</div>Hallo</div>`],
    [
      'Zimbra',
      `<div>Danke!<br><hr id="zwchr" data-marker="__DIVIDER__"><div data-marker="__HEADERS__"><b>Von: </b>Support</div><div>Hallo</div></div>`,
    ],
    [
      'no class at all',
      `${own}<div>Am 02.04.2026 um 10:11 schrieb Support &lt;support@example.org&gt;:</div><blockquote>Hallo</blockquote>`,
    ],
  ])('%s: the quote folds, the words stay', (_, html) => {
    expect(ownOfHtml(html)).toBe('Danke!');
    expect(toText(halve(html, splitHtml(html)).quoted)).toContain('Support');
  });

  test.each([
    [
      'a blockquote of the writer',
      '<p>Im Handbuch steht:</p><blockquote>neu starten</blockquote><p>Das hilft nicht.</p>',
    ],
    ['words around a quote', '<p>Zu</p><blockquote type="cite">Seit wann?</blockquote><p>Seit gestern.</p>'],
    ['nothing but a quote', '<blockquote type="cite">Hallo</blockquote>'],
    ['a forward', '<div class="moz-forward-container">Hallo</div>'],
  ])('%s: nothing is cut', (_, html) => {
    expect(splitHtml(html)).toBeNull();
  });

  test('our own separator folds by attribute, and by text where attributes were stripped', () => {
    const token = separatorToken(Buffer.alloc(32, 7));
    const marked = `${own}<div data-lotse-above="${token}">Bitte oberhalb antworten</div><p>Guten Tag</p>`;
    const bare = `${own}<p>${separatorText(token)}</p><p>Guten Tag</p>`;
    for (const html of [marked, bare]) {
      expect(ownOfHtml(html, token)).toBe('Danke!');
      expect(splitHtml(html, separatorToken(Buffer.alloc(32, 8)))).toBeNull();
    }
  });
});

test('only answers are cut', () => {
  const mail = { subject: '', inReplyTo: [], references: [] };
  expect(isReply({ ...mail, subject: 'Heizung kalt' })).toBe(false);
  expect(isReply({ ...mail, subject: 'AW: Heizung kalt' })).toBe(true);
  expect(isReply({ ...mail, subject: 'Heizung kalt', inReplyTo: ['a@example.org'] })).toBe(true);
  for (const subject of ['WG: Heizung', 'Fwd: Heizung', 'Fw: x'])
    expect(isReply({ ...mail, subject, references: ['a@example.org'] })).toBe(false);
});
