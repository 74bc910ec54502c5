import { describe, expect, test } from 'vitest';
import { contrast } from '#lib/admin/contrast.ts';
import { inputOf } from '#lib/admin/fields.ts';
import { letterOf } from '#lib/admin/letter.server.ts';
import { afterDrop, afterStep } from '#lib/admin/order.ts';
import { commands } from '#lib/shared/commands.ts';

describe('a form', () => {
  test('says by the ending of each name what it means', () => {
    const form = {
      command: 'pool.change',
      key: 'x',
      values: '{"pool":"p1","isPublic":false}',
      name: ' Heizung ',
      'isPublic:boolean': 'true',
      'imapPort:number': '993',
      'parent:choice': '',
      'addresses:lines': 'a@example.org\r\n b@example.org, c@example.org;',
    };
    expect(inputOf(form)).toEqual({
      pool: 'p1',
      isPublic: true,
      name: ' Heizung ',
      imapPort: 993,
      parent: null,
      addresses: ['a@example.org', 'b@example.org', 'c@example.org'],
    });
  });

  test('is refused where an empty text would switch something off', () => {
    const account = '6b0f5c86-5a53-4a3d-9f0e-0f6a5b1d2c01';
    const { error } = commands['account.change'].safeParse({ account, ...inputOf({ 'smtpHost:required': ' ' }) });
    expect(error?.issues[0]?.path).toEqual(['smtpHost']);
    expect(commands['account.change'].safeParse({ account, ...inputOf({ smtpHost: '' }) }).success).toBe(true);
  });

  test('whose hidden part was tampered with is left to the schema', () => {
    expect(inputOf({ values: '{"pool":', name: 'x' })).toEqual({ name: 'x' });
    expect(inputOf({ values: '7' })).toEqual({});
  });
});

describe('the order of pools', () => {
  const pools = [
    { id: 'a', parent: null },
    { id: 'a1', parent: 'a' },
    { id: 'a2', parent: 'a' },
    { id: 'b', parent: null },
    { id: 'c', parent: null },
  ];
  const [a, a1, , b, c] = pools as [
    (typeof pools)[0],
    (typeof pools)[0],
    unknown,
    (typeof pools)[0],
    (typeof pools)[0],
  ];

  test('moves a pool among its own by a step, and not beyond the ends', () => {
    expect(afterStep(pools, c, -1)).toBe('a');
    expect(afterStep(pools, b, -1)).toBeNull();
    expect(afterStep(pools, a, 1)).toBe('b');
    expect(afterStep(pools, a, -1)).toBeUndefined();
    expect(afterStep(pools, c, 1)).toBeUndefined();
    expect(afterStep(pools, a1, 1)).toBe('a2');
  });

  test('puts a dropped pool above or below the one under it', () => {
    expect(afterDrop(pools, c, { id: 'a', edge: 'above' })).toBeNull();
    expect(afterDrop(pools, c, { id: 'a', edge: 'below' })).toBe('a');
    expect(afterDrop(pools, a, { id: 'c', edge: 'above' })).toBe('b');
  });
});

test('the contrast of black on white is 21, of a colour on itself 1', () => {
  expect(contrast('#000000', '#ffffff')).toBe(21);
  expect(contrast('#0f6b6b', '#0f6b6b')).toBe(1);
  expect(contrast('#ffff99', '#ffffff')).toBeLessThan(1.2);
});

describe('a letter that is read back', () => {
  const token = 'Qm9yZWQ-dG9rZW5fb2YtMzItYnl0ZXMtaW4tYmFzZTY';
  const mail = Buffer.from(
    [
      'From: "Nordlicht Wohnen" <service@nordlicht.example>',
      'To: lena@nordlicht.example',
      'Subject: Einladung',
      'MIME-Version: 1.0',
      'Content-Type: multipart/alternative; boundary=b',
      '',
      '--b',
      'Content-Type: text/plain; charset=utf-8',
      '',
      `Bitte: http://localhost/invitation?token=${token}`,
      '--b',
      'Content-Type: text/html; charset=utf-8',
      '',
      `<html><head><title>x</title></head><body><script>alert(1)</script><a href="http://localhost/invitation?token=${token}">Los</a></body></html>`,
      '--b--',
    ].join('\r\n'),
  );

  test('opens its links elsewhere and may run nothing', async () => {
    const letter = await letterOf(mail, { hidesLink: false });
    expect(letter).toMatchObject({ subject: 'Einladung', from: 'Nordlicht Wohnen <service@nordlicht.example>' });
    expect(letter.html).toContain('<base target="_blank">');
    expect(letter.html).toContain("default-src 'none'");
    expect(letter.text).toContain(token);
  });

  test('keeps the invited person’s link to itself', async () => {
    const letter = await letterOf(mail, { hidesLink: true });
    expect(`${letter.html}${letter.text}`).not.toContain(token);
    expect(letter.text).toContain('/invitation?token=…');
  });
});
