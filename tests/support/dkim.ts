import { createHash, createPublicKey, createVerify } from 'node:crypto';

/*
 * Verifies a signature by RFC 6376 alone, with nothing of what made it: relaxed/relaxed, rsa-sha256. Returns why it does not hold,
 * or null. `record`: what the DNS says.
 */
export function whyNotSigned(raw: Buffer, record: { name: string; value: string }): string | null {
  const text = raw.toString('latin1');
  const end = text.indexOf('\r\n\r\n');
  const fields = text.slice(0, end + 2).match(/^[^\s:]+:.*\r\n(?:[ \t].*\r\n)*/gm) ?? [];
  const signature = fields.find((field) => /^dkim-signature:/i.test(field));
  if (!signature) return 'no signature';
  const tags = tagsOf(signature.slice(signature.indexOf(':') + 1));
  if (tags.get('c') !== 'relaxed/relaxed' || tags.get('a') !== 'rsa-sha256') return 'another algorithm';
  if (`${tags.get('s')}._domainkey.${tags.get('d')}` !== record.name) return 'another key';
  const body = text
    .slice(end + 4)
    .split('\r\n')
    .map((line) => line.replace(/[ \t]+/g, ' ').replace(/ $/, ''))
    .join('\r\n')
    .replace(/(?:\r\n)+$/, '');
  const bodyHash = createHash('sha256')
    .update(body ? `${body}\r\n` : '', 'latin1')
    .digest('base64');
  if (bodyHash !== tags.get('bh')) return 'the body was changed';
  const named = (tags.get('h') ?? '').toLowerCase().split(':');
  if (!named.includes('from')) return 'nobody is answered for';
  // Of a field that stands there twice the last is meant first (5.4.2).
  const left = fields.toReversed();
  const signed = named.map((name) => {
    const at = left.findIndex((field) => field.toLowerCase().startsWith(`${name}:`));
    return at < 0 ? '' : `${relaxed(left.splice(at, 1)[0] ?? '')}\r\n`;
  });
  const own = relaxed(signature.replace(/([;:\s]b=)[^;]*/, '$1'));
  const key = createPublicKey({
    key: Buffer.from(tagsOf(record.value).get('p') ?? '', 'base64'),
    format: 'der',
    type: 'spki',
  });
  const verify = createVerify('rsa-sha256').update(`${signed.join('')}${own}`, 'latin1');
  return verify.verify(key, tags.get('b') ?? '', 'base64') ? null : 'the signature does not fit';
}

function relaxed(field: string): string {
  const at = field.indexOf(':');
  const value = field
    .slice(at + 1)
    .replace(/\r\n/g, '')
    .replace(/[ \t]+/g, ' ')
    .trim();
  return `${field.slice(0, at).trim().toLowerCase()}:${value}`;
}

function tagsOf(list: string): Map<string, string> {
  return new Map(
    list.split(';').map((tag) => {
      const at = tag.indexOf('=');
      return [tag.slice(0, at).trim(), tag.slice(at + 1).replace(/\s+/g, '')];
    }),
  );
}
