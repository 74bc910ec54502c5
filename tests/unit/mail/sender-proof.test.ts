import { expect, test } from 'vitest';
import { decodeMail } from '#server/mail/decode.ts';
import { senderProof } from '#server/mail/sender-proof.ts';

const ours = 'mx.desk.example.org';
const proof = async (head: string[], id = ours) => {
  const raw = [...head, 'From: Mona <mona@nordlicht.example>', 'Subject: x', '', 'Text'].join('\r\n');
  return senderProof(await decodeMail(Buffer.from(raw)), id);
};
const says = (result: string, id = ours) =>
  `Authentication-Results: ${id}; spf=pass smtp.mailfrom=x.example; ${result}`;

test('the topmost result of the named server counts', async () => {
  expect(await proof([says('dmarc=pass header.from=nordlicht.example')])).toBe('pass');
  expect(await proof([says('dmarc=fail (p=reject; sp=none) header.from=nordlicht.example')])).toBe('fail');
  expect(await proof([says('dmarc=none header.from=nordlicht.example')])).toBe('unknown');
  expect(await proof([says('dkim=pass header.d=nordlicht.example')])).toBe('unknown');
  expect(await proof([])).toBe('unknown');
  expect(
    await proof([`Authentication-Results: ${ours} 1;\r\n dmarc=pass (p=none)\r\n header.from=NORDLICHT.example`]),
  ).toBe('pass');
});

test.each([
  ['another server’s word', [says('dmarc=pass header.from=nordlicht.example', 'mx.evil.example')], 'unknown'],
  ['ours below a stranger’s', [says('dmarc=none', 'mx.evil.example'), says('dmarc=pass')], 'unknown'],
  ['a pass below our fail', [says('dmarc=fail'), says('dmarc=pass')], 'fail'],
  ['a pass for another domain', [says('dmarc=pass header.from=evil.example')], 'fail'],
  ['a pass inside a comment', [says('dmarc=fail (dmarc=pass) header.from=nordlicht.example')], 'fail'],
  ['two answers to one question', [says('dmarc=fail; dmarc=pass')], 'fail'],
  ['a second sender', [says('dmarc=pass'), 'From: Boss <boss@nordlicht.example>'], 'fail'],
  ['a pass in the quotes of his envelope', [says('spf=pass smtp.mailfrom="x; dmarc=pass"@evil.example')], 'unknown'],
  ['a quote that begins in a comment', [says('spf=pass (said "hi); dmarc=fail header.from="x"; dmarc=pass')], 'fail'],
  ['our name as a part of another', [says('dmarc=pass', `${ours}.evil.example`)], 'unknown'],
] as const)('nobody talks himself in: %s', async (_, head, expected) => {
  expect(await proof([...head])).toBe(expected);
});

test('where no server is named nobody is believed, and nobody suspected', async () => {
  expect(await proof([says('dmarc=fail')], '')).toBe('unknown');
  expect(await proof([says('dmarc=pass')], '')).toBe('unknown');
});
