import type { FakeBox, FakeMail } from './imap-server.ts';

/** What the commands of IMAP name, as far as imapflow says it. */

export function uidsIn(box: FakeBox, set: string): Set<number> {
  const last = box.mails.at(-1)?.uid ?? 0;
  const number = (text: string | undefined) => (text === '*' ? last : Number(text));
  const named = new Set<number>();
  for (const range of set.split(',')) {
    const [from, to = from] = range.split(':');
    // "9:*" holds the last mail, also when its number is lower (RFC 3501, 6.4.8).
    const [low = 0, high = 0] = [number(from), number(to)].sort((a, b) => a - b);
    for (const { uid } of box.mails) if (uid >= low && uid <= high) named.add(uid);
  }
  return named;
}

export function searched(box: FakeBox, query: string): number[] {
  const uids = /\bUID (\S+)/i.exec(query)?.[1];
  const since = /\bSINCE "?(\d+-\w+-\d+)/i.exec(query)?.[1];
  const named = uids ? uidsIn(box, uids) : null;
  const from = since ? Date.parse(`${since} UTC`) : -Infinity;
  const [, subject = ''] = /\bSUBJECT "?([^"]+?)"?(?: |$)/i.exec(query) ?? [];
  const wantsDeleted = /\bDELETED\b/i.test(query);
  return box.mails
    .filter(({ uid, date, flags, raw }) => {
      if (wantsDeleted && !flags.has('\\Deleted')) return false;
      if (!raw.includes(subject)) return false;
      return (!named || named.has(uid)) && date.getTime() >= from;
    })
    .map(({ uid }) => uid);
}

export function fetchItems(mail: FakeMail, items: string): string {
  const text = mail.raw.toString('latin1');
  const end = text.indexOf('\r\n\r\n') + 4;
  const parts = [`UID ${mail.uid}`];
  if (/RFC822\.SIZE/i.test(items)) parts.push(`RFC822.SIZE ${mail.raw.length}`);
  if (/INTERNALDATE/i.test(items)) parts.push(`INTERNALDATE "${internalDate(mail.date)}"`);
  if (/FLAGS/i.test(items)) parts.push(`FLAGS (${[...mail.flags].join(' ')})`);
  if (/BODYSTRUCTURE/i.test(items))
    parts.push(`BODYSTRUCTURE ("TEXT" "PLAIN" ("CHARSET" "utf-8") NIL NIL "7BIT" ${text.length - end} 1)`);
  if (/BODY(\.PEEK)?\[HEADER\]/i.test(items)) parts.push(literal('BODY[HEADER]', text.slice(0, end)));
  const limit = /BODY(?:\.PEEK)?\[1\](?:<0\.(\d+)>)?/i.exec(items);
  if (limit) parts.push(literal(`BODY[1]${limit[1] ? '<0>' : ''}`, text.slice(end, end + Number(limit[1] ?? 1e9))));
  if (/BODY(\.PEEK)?\[\]/i.test(items)) parts.push(literal('BODY[]', text));
  return parts.join(' ');
}

const literal = (name: string, bytes: string) => `${name} {${bytes.length}}\r\n${bytes}`;

function internalDate(date: Date): string {
  const [, day, month, year, time] = /^\w+, (\d+) (\w+) (\d+) (\S+)/.exec(date.toUTCString()) ?? [];
  return `${day}-${month}-${year} ${time} +0000`;
}
