import type { Head } from '#server/domain/mails.ts';
import { decodeWords, headerText, messageIds, readHeaders } from './headers.ts';

/** Sender and subject of a mail that nobody can parse. Cannot fail. */
export function readHead(raw: Buffer): Head {
  const headers = readHeaders(raw);
  const from = decodeWords(headerText(headers, 'from'));
  const address = /[^\s<>"(),]{1,64}@[^\s<>"(),]{1,255}/.exec(from)?.[0] ?? '';
  const name = from
    .replace(/<[^<>]*>/g, '')
    .replaceAll('"', '')
    .trim();
  return {
    messageId: (messageIds(headerText(headers, 'message-id'))[0] ?? '').slice(0, 998),
    fromAddress: address.toLowerCase().slice(0, 320),
    fromName: name === address ? '' : name.slice(0, 320),
    subject: decodeWords(headerText(headers, 'subject')).slice(0, 998),
  };
}
