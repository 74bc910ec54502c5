import type { AddressObject, ParsedMail as Decoded } from 'mailparser';
import { clean, headerText } from './headers.ts';
import { mailLimits, type MailAddress } from './parsed.ts';

export function addressField(mail: Decoded, name: string): AddressObject | undefined {
  const value = mail.headers.get(name);
  return value !== undefined && typeof value === 'object' && 'text' in value ? value : undefined;
}

/** Flattens groups; entries without an address fall away. */
export function addresses(field: AddressObject | AddressObject[] | undefined): MailAddress[] {
  const objects = field === undefined ? [] : [field].flat();
  return objects
    .flatMap((object) => object.value)
    .flatMap((entry) => entry.group ?? [entry])
    .map(({ name, address }) => ({
      name: oneLine(name).slice(0, 200).toWellFormed(),
      address: oneLine(address ?? '').toLowerCase(),
    }))
    .filter(({ address }) => address.length > 0 && address.length <= 320);
}

export function deliveredAddresses(headers: Map<string, string[]>, named: MailAddress[]): string[] {
  const fields = ['delivered-to', 'x-original-to', 'envelope-to', 'x-envelope-to', 'x-forwarded-to'];
  const found = fields.flatMap((name) => headerText(headers, name).match(/[^\s<>,;"]{1,64}@[^\s<>,;"]{1,255}/g) ?? []);
  return [...new Set([...found, ...named.map(({ address }) => address)].map((address) => address.toLowerCase()))].slice(
    0,
    mailLimits.recipients,
  );
}

/** A header value that cannot break out of its line or turn the reading direction. */
export function oneLine(text: string): string {
  return clean(text)
    .replace(/[\p{Cc}\u2028\u2029\u202a-\u202e\u2066-\u2069]+/gu, ' ')
    .replace(/ {2,}/g, ' ')
    .trim();
}
