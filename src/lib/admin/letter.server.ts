import { simpleParser, type AddressObject } from 'mailparser';
import { framed } from '#lib/letters/framed.server.ts';

export type Letter = {
  subject: string;
  from: string;
  to: string;
  sentAt: string | null;
  /** A document for a frame without scripts; its links open elsewhere. */
  html: string | null;
  text: string;
};

/** One of our own mails, read back from the bytes that leave. */
export async function letterOf(bytes: Buffer, { hidesLink }: { hidesLink: boolean }): Promise<Letter> {
  const mail = await simpleParser(bytes, { skipTextToHtml: true });
  const shown = (text: string) => (hidesLink ? text.replace(token, '…') : text);
  return {
    subject: mail.subject ?? '',
    from: textOf(mail.from),
    to: textOf(mail.to),
    sentAt: mail.date?.toISOString() ?? null,
    html: mail.html ? framed(shown(mail.html)) : null,
    text: shown(mail.text ?? ''),
  };
}

/** 32 bytes in base64url, see domain/invitations.ts. */
const token = /[\w-]{43,}/g;

function textOf(addresses: AddressObject | AddressObject[] | undefined): string {
  return [addresses ?? []]
    .flat()
    .flatMap(({ value }) => value)
    .map(({ name, address }) => (name ? `${name} <${address}>` : (address ?? '')))
    .join(', ');
}
