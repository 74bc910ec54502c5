import addressparser from 'nodemailer/lib/addressparser';
import { isUsable } from '#server/domain/contacts/by-address.ts';
import { oneLine } from './addresses.ts';
import { decodeWords } from './headers.ts';
import { isListAddress } from './lists.ts';
import type { MailAddress, ParsedMail } from './parsed.ts';
import { senderProof } from './sender-proof.ts';

type Account = {
  /** Lower-case. */
  ownAddresses: string[];
  authservId: string;
};

/**
 * Where a domain lets nobody else send in its name (DMARC), groups and lists put their own address into From of what they hand on
 * (RFC 7960, 4.1.3): "Erika via Support <support@group.example>". Then the group would be the customer, and an answer would go to all its
 * members. Who wrote stands in fields that anybody may write, so it is taken for whom to answer and for nothing else: `handedOnBy` marks the
 * mail as nobody's proven word, whatever DMARC says of the group. Where a server is believed about DMARC it must have proved the group, or the
 * fields would be a way around what the author's own domain forbids.
 */
export function asWritten(mail: ParsedMail, { ownAddresses, authservId }: Account): ParsedMail {
  const { from } = mail;
  if (!from || (mail.headers.get('from')?.length ?? 0) > 1 || !isListAddress(mail.headers, from.address)) return mail;
  if (authservId !== '' && senderProof(mail, authservId) !== 'pass') return mail;
  const author = authorOf(mail);
  if (!author || isOwn(author.address, ownAddresses) || isListAddress(mail.headers, author.address)) return mail;
  return { ...mail, from: { ...author, name: author.name || nameBeforeVia(from.name) }, handedOnBy: from };
}

/** What lists call the author, the surest first: Google's, RFC 5703's (5.4), Google's for what came in. Mailman and others leave Reply-To alone. */
const fields = ['x-original-from', 'original-from', 'x-original-sender'];

function authorOf({ headers, replyTo }: ParsedMail): MailAddress | null {
  for (const name of fields) {
    const values = headers.get(name);
    if (values) return values.length === 1 ? only(parsed(values[0] ?? '')) : null;
  }
  return only(replyTo);
}

/** Of two nobody can tell which it is. */
function only(people: MailAddress[]): MailAddress | null {
  const [one, ...others] = people;
  return one && others.length === 0 && isUsable(one.address) ? one : null;
}

function parsed(value: string): MailAddress[] {
  return addressparser(value, { flatten: true }).map(({ name, address }) => ({
    name: oneLine(decodeWords(name)).slice(0, 200).toWellFormed(),
    address: oneLine(address).toLowerCase(),
  }));
}

function isOwn(address: string, ownAddresses: string[]): boolean {
  return ownAddresses.includes(address) || ownAddresses.includes(address.replace(/\+[^@]*@/, '@'));
}

/** `'Erika Muster' via Support` */
function nameBeforeVia(name: string): string {
  const before = name.replace(/[\s(]+(?:via|über)\s.*$/iu, '');
  return before.replace(/^'(.*)'$/, '$1').trim();
}
