import { gzipSync } from 'node:zlib';
import { afterAll, describe, expect, test } from 'vitest';
import { readHeaders } from '#server/mail/headers.ts';
import { mailLimits } from '#server/mail/parsed.ts';
import { parseMail, readMail, stopParsing, UnreadableMail } from '#server/mail/parse.ts';

/** None of these is timed: each has to end, by itself or by the worker's limits, and the next mail has to be read. */
afterAll(stopParsing);

const head =
  'From: Erika Muster <erika@example.com>\r\nTo: support@example.org\r\nSubject: Heizung\r\nMIME-Version: 1.0\r\n';

function mail(type: string, body: string): Buffer {
  return Buffer.from(`${head}Content-Type: ${type}\r\n\r\n${body}`);
}

function parts(count: number, part: (index: number) => string): string {
  return Array.from({ length: count }, (_, index) => `--b\r\n${part(index)}\r\n`).join('') + '--b--\r\n';
}

describe('mail made to break the parser', () => {
  test('keeps 900 attachments', async () => {
    const raw = mail(
      'multipart/mixed; boundary=b',
      parts(900, (index) => `Content-Type: application/pdf; name=${index}.pdf\r\n\r\nx${index}`),
    );
    expect((await parseMail(raw)).attachments).toHaveLength(900);
  });

  test.each([1000, 5000])('ends with %i parts and says what it cut', async (count) => {
    const raw = mail(
      'multipart/mixed; boundary=b',
      parts(count, (index) => `Content-Type: image/png; name=${index}.png\r\n\r\nx`),
    );
    const read = await parseMail(raw);
    expect(read.attachments.length).toBeGreaterThan(900);
    expect(read.notes).toContain('parts');
  });

  test('ends with a thousand empty parts', async () => {
    const raw = mail('multipart/mixed; boundary=b', '--b\r\n\r\n'.repeat(1000) + '--b--');
    await expect(outcome(raw)).resolves.toBe('Heizung');
  });

  test('ends with multiparts nested a thousand deep', async () => {
    const body = Array.from(
      { length: 1000 },
      (_, i) => `--b${i}\r\nContent-Type: multipart/mixed; boundary=b${i + 1}\r\n\r\n`,
    ).join('');
    await expect(outcome(mail('multipart/mixed; boundary=b0', body))).resolves.toBe('Heizung');
  });

  test.each([
    ['a megabyte of nested <div>', '<div>'.repeat(200_000)],
    ['a megabyte of nested <b>, closed', '<b>'.repeat(120_000) + 'x' + '</b>'.repeat(120_000)],
    ['a megabyte of "<"', '<'.repeat(1_000_000)],
    ['a megabyte of "<!--"', '<!--'.repeat(250_000)],
    ['an attribute of a megabyte', `<p title="${'a '.repeat(500_000)}">x`],
    ['a style of a megabyte', `<p style="${'color:red;'.repeat(100_000)}">x`],
    ['20,000 blockquotes beside each other', '<blockquote>x</blockquote>'.repeat(20_000)],
    ['10,000 links', '<a href="https://www.example.org/">x</a> '.repeat(10_000)],
  ])('ends with %s', async (_, html) => {
    const raw = mail('text/html; charset=utf-8', html);
    await expect(outcome(raw)).resolves.toBe('Heizung');
  });

  test.each([
    ['3 MB of flowed text', 'text/plain; format=flowed; delsp=yes', 'lorem ipsum \r\n'.repeat(220_000)],
    ['600 kB of flowed text', 'text/plain; format=flowed', 'lorem ipsum \r\n'.repeat(45_000)],
    ['3 MB of addresses', 'text/plain', 'www.example.org '.repeat(190_000)],
    ['200 kB of ">"', 'text/plain', '>'.repeat(200_000)],
    ['15 kB made for email-reply-parser', 'text/plain', 'Op '.repeat(5_000)],
    ['100,000 lines beginning "On"', 'text/plain', 'On 1 2 wrote\n'.repeat(100_000)],
    ['a line of a megabyte', 'text/plain', 'Am '.repeat(350_000)],
  ])('ends with %s in a reply', async (_, type, text) => {
    const raw = Buffer.from(`In-Reply-To: <a@example.org>\r\n${mail(type, text).toString()}`);
    await expect(outcome(raw)).resolves.toBe('Heizung');
  });

  test('ends with forwarded mails within each other, a thousand deep, and keeps the outermost as a file', async () => {
    const inner = 'Content-Type: message/rfc822\r\n\r\nSubject: tiefer\r\n'.repeat(1000);
    const raw = mail(
      'multipart/mixed; boundary=b',
      parts(1, () => `Content-Type: message/rfc822\r\n\r\n${inner}`),
    );
    const { attachments } = await parseMail(raw);
    expect(attachments).toHaveLength(1);
    expect(attachments[0]).toMatchObject({ mime: 'message/rfc822' });
    expect(attachments[0]?.size).toBeGreaterThan(40_000);
  });

  test('keeps a thousand forwarded mails as files, up to the limit of parts', async () => {
    const raw = mail(
      'multipart/mixed; boundary=b',
      parts(1500, (index) => `Content-Type: message/rfc822\r\n\r\nSubject: Nummer ${index}\r\n\r\nx`),
    );
    const { attachments, notes } = await parseMail(raw);
    expect(attachments.length).toBeGreaterThan(900);
    expect(attachments[7]).toMatchObject({ name: 'Nummer 7.eml', mime: 'message/rfc822' });
    expect(notes).toContain('parts');
  });

  test('never unpacks a bomb: winmail.dat and archives stay the bytes they came as', async () => {
    const bomb = gzipSync(Buffer.alloc(64 * 1024 * 1024));
    const tnef = Buffer.concat([Buffer.from([0x78, 0x9f, 0x3e, 0x22, 0x01, 0x00]), bomb]);
    const part = (type: string, name: string, content: Buffer) =>
      `Content-Type: ${type}; name=${name}\r\nContent-Transfer-Encoding: base64\r\n\r\n${content.toString('base64')}`;
    const files = [part('application/ms-tnef', 'winmail.dat', tnef), part('application/gzip', 'a.gz', bomb)];
    const read = await parseMail(
      mail(
        'multipart/mixed; boundary=b',
        parts(2, (index) => files[index] ?? ''),
      ),
    );
    expect(read.attachments.map(({ name, mime, content }) => ({ name, mime, content }))).toEqual([
      { name: 'winmail.dat', mime: 'application/ms-tnef', content: tnef },
      { name: 'a.gz', mime: 'application/gzip', content: bomb },
    ]);
  });

  test('file names turn no reading direction, hide nothing and leave their folder never', async () => {
    const names = [
      'Rechnung\u202Efdp.exe',
      '..\\..\\etc\\passwd',
      '/etc/shadow',
      'a\u200B\u2066.pdf',
      '\u0007',
      '.',
      `${'ä'.repeat(300)}.pdf`,
    ];
    const raw = mail(
      'multipart/mixed; boundary=b',
      parts(
        names.length,
        (index) =>
          `Content-Type: application/pdf\r\nContent-Disposition: attachment; filename*=utf-8''${encodeURIComponent(names[index] ?? '')}\r\n\r\nx`,
      ),
    );
    const given = (await parseMail(raw)).attachments.map(({ name }) => name);
    expect(given.slice(0, 4)).toEqual(['Rechnungfdp.exe', 'passwd', 'shadow', 'a.pdf']);
    expect(given.slice(4, 6)).toEqual(['attachment-5.pdf', 'attachment-6.pdf']);
    expect(Buffer.byteLength(given[6] ?? '')).toBeLessThanOrEqual(255);
    expect(given[6]).toMatch(/ä\.pdf$/);
  });

  test('a header of a megabyte and ten thousand recipients stay bounded', async () => {
    const to = Array.from({ length: 10_000 }, (_, i) => `p${i}@example.net`).join(',\r\n ');
    const raw = Buffer.from(`To: ${to}\r\nX-Long: ${'x'.repeat(500_000)}\r\n${head}\r\nHallo`);
    const read = await parseMail(raw);
    expect(read.to.length).toBeLessThanOrEqual(mailLimits.recipients);
    expect(read.notes).toContain('recipients');
  });

  test('nothing, noise and a mail beyond the limit are told apart', async () => {
    await expect(parseMail(Buffer.alloc(0))).resolves.toMatchObject({ subject: '', from: null, text: '' });
    await expect(
      parseMail(Buffer.from(Array.from({ length: 4096 }, (_, i) => (i * 7919) % 256))),
    ).resolves.toBeDefined();
    await expect(parseMail(Buffer.alloc(mailLimits.bytes + 1))).rejects.toMatchObject({ reason: 'size' });
  });

  test('mails waiting behind a bad one are read, each with its own answer', async () => {
    const bad = readMail(mail('text/html', '<div>'.repeat(200_000)));
    const good = Array.from({ length: 20 }, (_, i) => readMail(mail('text/plain', `Nummer ${i}`)));
    await Promise.allSettled([bad]);
    const texts = (await Promise.all(good)).map(({ body }) => body.text);
    expect(texts).toEqual(Array.from({ length: 20 }, (_, i) => `Nummer ${i}`));
  });

  test('the head of any mail can be read without the parser', () => {
    const headers = readHeaders(mail('multipart/mixed; boundary=b', '--b\r\n'.repeat(100_000)));
    expect(headers.get('subject')).toEqual(['Heizung']);
  });
});

/** The subject when it was read; the limits' own word when it was given up. */
async function outcome(raw: Buffer): Promise<string> {
  try {
    return (await readMail(raw)).mail.subject;
  } catch (error) {
    if (error instanceof UnreadableMail && (error.reason === 'time' || error.reason === 'memory')) return 'given up';
    throw error;
  }
}
