import { describe, expect, test } from 'vitest';
import { decodeMail } from '#server/mail/decode.ts';
import { nameFor, safeName } from '#server/mail/filename.ts';
import { decodeWords, messageIds, readHeaders } from '#server/mail/headers.ts';

const latin1 = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'), 'latin1');
const utf8 = (text: string) => Buffer.from(text.replaceAll('\n', '\r\n'));

describe('headers', () => {
  test('raw windows-1252 and raw UTF-8 are both read', async () => {
    const head = 'From: J\xfcrgen M\xfcller <j@example.com>\nSubject: T\xfcr klemmt \x96 bitte\n\nText';
    expect(await decodeMail(latin1(head))).toMatchObject({
      subject: 'Tür klemmt – bitte',
      from: { name: 'Jürgen Müller', address: 'j@example.com' },
    });
    expect(await decodeMail(utf8('From: Jürgen <j@example.com>\nSubject: Tür\n\nText'))).toMatchObject({
      subject: 'Tür',
      from: { name: 'Jürgen' },
    });
  });

  test('raw bytes inside an encoded word belong to the word', async () => {
    expect((await decodeMail(latin1('From: a@example.com\nSubject: =?iso-8859-1?Q?Fr\xf6sche?=\n\nx'))).subject).toBe(
      'Frösche',
    );
  });

  test('ids come without brackets, with comments and rubbish passed over', async () => {
    expect(messageIds('(my mail of today) <A.b@Example.org>\r\n <c@d> <c@d>')).toEqual(['A.b@Example.org', 'c@d']);
    expect(messageIds('')).toEqual([]);
    expect(messageIds('plain@example.org')).toEqual(['plain@example.org']);
    const references = Array.from({ length: 100 }, (_, i) => `<${i}@example.org>`).join(' ');
    const mail = await decodeMail(utf8(`From: a@example.com\nReferences: ${references}\nIn-Reply-To:\n\nx`));
    expect(mail.references).toHaveLength(20);
    expect(mail.references[0]).toBe('0@example.org');
    expect(mail.references.at(-1)).toBe('99@example.org');
    expect(mail.inReplyTo).toEqual([]);
  });

  test('every address the mail was delivered to is collected, in lower case', async () => {
    const mail = await decodeMail(
      utf8(
        'Delivered-To: Support+12.ABC@Example.org\nX-Original-To: <hilfe@example.org>\nTo: "Team" <team@example.org>\nCc: x@example.net\nFrom: a@example.com\n\nx',
      ),
    );
    expect(mail.deliveredTo).toEqual([
      'support+12.abc@example.org',
      'hilfe@example.org',
      'team@example.org',
      'x@example.net',
    ]);
  });

  test('a subject cannot break out of its line nor turn the reading direction', async () => {
    const mail = await decodeMail(
      utf8(
        'From: a@example.com\nSubject: =?utf-8?B?' +
          Buffer.from('Rechnung\r\nBcc: x\u202egpj.exe\0').toString('base64') +
          '?=\n\nx',
      ),
    );
    expect(mail.subject).toBe('Rechnung Bcc: x gpj.exe');
  });

  test('dates nobody can mean are no dates', async () => {
    for (const date of ['yesterday', '', 'Mon, 99 Foo 2026'])
      expect((await decodeMail(utf8(`Date: ${date}\nFrom: a@example.com\n\nx`))).date).toBeNull();
    expect((await decodeMail(utf8('Date: Thu, 02 Apr 2026 11:12:13 +0200 (CEST)\n\nx'))).date?.toISOString()).toBe(
      '2026-04-02T09:12:13.000Z',
    );
  });

  test('the head of an unreadable mail still shows sender and subject', () => {
    const headers = readHeaders(
      utf8('From: =?utf-8?Q?J=C3=BCrgen?= <j@example.com>\nSubject: =?utf-8?B?VMO8cg==?=\n =?iso-8859-1?Q?_auf?=\n\nx'),
    );
    expect(decodeWords(headers.get('subject')?.[0] ?? '')).toBe('Tür auf');
    expect(decodeWords(headers.get('from')?.[0] ?? '')).toBe('Jürgen <j@example.com>');
    expect(decodeWords('=?x-nonsense?Q?a?=')).toBe('=?x-nonsense?Q?a?=');
  });
});

describe('bodies', () => {
  test('an unlabelled windows-1252 body keeps its umlauts and quotes', async () => {
    expect((await decodeMail(latin1('From: a@example.com\n\nGr\xfc\xdfe \x84so\x93'))).text.trim()).toBe('Grüße „so“');
    expect(
      (
        await decodeMail(
          latin1(
            'From: a@example.com\nContent-Type: text/plain; charset=us-ascii\nContent-Transfer-Encoding: quoted-printable\n\nGr=FC=DFe',
          ),
        )
      ).text.trim(),
    ).toBe('Grüße');
  });

  test('mail of a Mac with bare carriage returns is read', async () => {
    expect(await decodeMail(Buffer.from('From: a@example.com\rSubject: Alt\r\rText'))).toMatchObject({
      subject: 'Alt',
      text: 'Text',
    });
  });

  test('NUL bytes and lone surrogates, which PostgreSQL refuses, are gone', async () => {
    const mail = await decodeMail(
      utf8(
        'From: a@example.com\nSubject: a\0b\nContent-Type: text/plain; charset=utf-16be\nContent-Transfer-Encoding: base64\n\n' +
          Buffer.from([0, 0x61, 0xd8, 0, 0, 0, 0, 0x62]).toString('base64'),
      ),
    );
    for (const text of [mail.subject, mail.text]) {
      expect(text).not.toContain('\0');
      expect(text.isWellFormed()).toBe(true);
    }
  });

  test('text beside HTML outside an alternative is shown with it', async () => {
    const mail = await decodeMail(
      utf8(
        'From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n--b\nContent-Type: text/html\n\n<p>Eins</p>\n--b\nContent-Type: text/plain\n\nZwei <x>\n--b--',
      ),
    );
    expect(mail.html).toContain('Zwei &lt;x&gt;');
    expect(mail.text).toContain('Eins');
    expect(mail.text).toContain('Zwei');
  });

  test('a multipart that names no boundary is shown as it stands', async () => {
    expect(
      (await decodeMail(utf8('From: a@example.com\nContent-Type: multipart/mixed\n\nDoch ein Text'))).text,
    ).toContain('Doch ein Text');
  });

  test('HTML alone gives a text as well', async () => {
    expect(
      (await decodeMail(utf8('From: a@example.com\nContent-Type: text/html\n\n<p>Guten <b>Tag</b></p>'))).text,
    ).toBe('Guten Tag');
  });
});

describe('attachments', () => {
  const mixed = (...parts: string[]) =>
    utf8(
      `From: a@example.com\nContent-Type: multipart/mixed; boundary=b\n\n${parts.map((part) => `--b\n${part}\n`).join('')}--b--\n`,
    );

  test('a text file marked inline is a file, not part of the letter', async () => {
    const mail = await decodeMail(
      mixed(
        'Content-Type: text/plain\n\nSiehe Anhang',
        'Content-Type: text/plain\nContent-Disposition: inline; filename="protokoll.txt"\n\nZeile',
      ),
    );
    expect(mail.text.trim()).toBe('Siehe Anhang');
    expect(mail.attachments.map((file) => file.name)).toEqual(['protokoll.txt']);
  });

  test('a mail that is nothing but a named text says it and lists it', async () => {
    const mail = await decodeMail(
      latin1(
        'From: a@example.com\nContent-Type: text/plain; charset=iso-8859-1\nContent-Disposition: inline; filename=gru\xdf.txt\n\nGr\xfc\xdfe',
      ),
    );
    expect(mail.text).toBe('Grüße');
    expect(mail.attachments.map((file) => file.name)).toEqual(['gruß.txt']);
  });

  test('named HTML is the letter, unless other text came before', async () => {
    const html =
      'Content-Type: text/html; name=brief.html\nContent-Disposition: inline; filename=brief.html\n\n<p>Hallo</p>';
    expect(await decodeMail(mixed(html))).toMatchObject({ text: 'Hallo', attachments: [] });
    expect(await decodeMail(mixed('Content-Type: text/plain\n\nSiehe Anhang', html))).toMatchObject({
      html: null,
      attachments: [{ name: 'brief.html' }],
    });
  });

  test('a mail within the mail stays a file named after its subject', async () => {
    const mail = await decodeMail(
      mixed(
        'Content-Type: text/plain\n\nsiehe unten',
        'Content-Type: message/rfc822\n\nFrom: b@example.net\nSubject: =?utf-8?Q?K=C3=BCche?= 1/2\n\nInnen',
      ),
    );
    expect(mail.text.trim()).toBe('siehe unten');
    expect(mail.attachments).toMatchObject([{ name: 'Küche 1-2.eml', named: false, mime: 'message/rfc822' }]);
    expect(mail.attachments[0]?.content.toString()).toContain('Innen');
  });

  test('an inline image is told from one the letter never shows', async () => {
    const image = (id: string) =>
      `Content-Type: image/png\nContent-ID: <${id}>\nContent-Disposition: inline; filename=${id[0]}.png\n\nx`;
    const mail = await decodeMail(
      utf8(
        `From: a@example.com\nContent-Type: multipart/related; boundary=b\n\n--b\nContent-Type: text/html\n\n<img src="cid:A%40example.org">\n--b\n${image('a@example.org')}\n--b\n${image('a')}\n--b--`,
      ),
    );
    expect(mail.attachments.map(({ name, inline }) => [name, inline])).toEqual([
      ['a.png', true],
      ['a.png', false],
    ]);
  });

  test.each([
    ['filename="../../etc/passwd"', 'passwd'],
    ['filename="C:\\\\Users\\\\x\\\\brief.pdf"', 'brief.pdf'],
    ["filename*=utf-8''Rechnung%E2%80%AEgpj.exe", 'Rechnunggpj.exe'],
    ["filename*0*=utf-8''K%C3%BCch; filename*1*=e.pdf", 'Küche.pdf'],
    ['filename="=?utf-8?Q?T=C3=BCr.pdf?="', 'Tür.pdf'],
    ['filename="a\x07b.txt"', 'ab.txt'],
    ['filename=".htaccess"', 'htaccess'],
  ])('%s is saved as %s', async (disposition, name) => {
    const mail = await decodeMail(
      mixed(
        'Content-Type: text/plain\n\nx',
        `Content-Type: application/octet-stream\nContent-Disposition: attachment; ${disposition}\n\nx`,
      ),
    );
    expect(mail.attachments.map((file) => file.name)).toEqual([name]);
  });

  test('names fit any file system and keep their extension', () => {
    expect(Buffer.byteLength(safeName(`${'ü'.repeat(400)}.pdf`))).toBeLessThanOrEqual(255);
    expect(safeName(`${'ü'.repeat(400)}.pdf`)).toMatch(/ü\.pdf$/);
    expect(safeName('\u202e\u0000')).toBe('');
    expect(nameFor('application/pdf', '')).toBe('attachment.pdf');
  });
});
