import type { ImapFlow } from 'imapflow';
import * as mails from '#server/domain/mails.ts';
import { log } from '#server/log.ts';
import { fetchPartly } from './imap-partial.ts';
import { uidValidityOf } from './imap-read.ts';
import { readHead } from './read-head.ts';

export type Reader = {
  account: mails.Account;
  lease: mails.Lease;
  client: ImapFlow;
  /** Where reading goes on; as the lease found it, since another process may have read until then. */
  cursor: mails.Cursor;
  /** What the connections before this one broke at. */
  trouble: Trouble;
  /** And at what somebody wanted tried again. */
  again: Trouble;
  /** The largest mail that is fetched whole. */
  mostBytes: number;
  onStored(): void;
};

/** Each time at one mail alone, and each time on a new connection: then it is not the line. */
const mostBreaks = 5;
const mostAtOnce = 24;
const bytesAtOnce = 4 * 1024 * 1024;

export class Trouble {
  #uid = 0;
  #times = 0;
  /** So many are fetched one by one after a break, to find the one it breaks at. */
  #alone = 0;

  isAlone(): boolean {
    return this.#alone > 0;
  }

  /** The server cannot hand this one over. */
  isHopeless(uid: number): boolean {
    return this.#uid === uid && this.#times >= mostBreaks;
  }

  brokeAt(uid: number): void {
    this.#times = this.#uid === uid ? this.#times + 1 : 1;
    this.#uid = uid;
    this.#alone = mostAtOnce;
  }

  forget(): void {
    this.#times = 0;
  }

  passed(): void {
    if (this.#alone > 0) this.#alone--;
  }
}

type Known = { uid: number; size: number };

/** Sizes first, then the mails in small groups: what is too large is fetched in part, what cannot be had is noted. */
export async function fetchMails(reader: Reader, uids: number[]): Promise<void> {
  for (let at = 0; at < uids.length; at += 200) {
    const known = await sizesOf(reader, uids.slice(at, at + 200));
    while (known.length > 0) await fetchGroup(reader, known.splice(0, groupLength(reader, known)));
  }
}

async function sizesOf({ client }: Reader, uids: number[]): Promise<Known[]> {
  const sizes = new Map<number, number>();
  for await (const { uid, size } of client.fetch(uids.join(','), { size: true }, { uid: true }))
    sizes.set(uid, size ?? 0);
  // Somebody moved the others away since the search: they are not ours any more.
  return uids.flatMap((uid) => {
    const size = sizes.get(uid);
    return size === undefined ? [] : [{ uid, size }];
  });
}

function groupLength({ trouble, mostBytes }: Reader, known: Known[]): number {
  if (trouble.isAlone()) return 1;
  let bytes = 0;
  const end = known.slice(0, mostAtOnce).findIndex(({ size }) => (bytes += size) > bytesAtOnce || size > mostBytes);
  return end < 0 ? Math.min(known.length, mostAtOnce) : Math.max(1, end);
}

async function fetchGroup(reader: Reader, group: Known[]): Promise<void> {
  const { account, lease, cursor, trouble } = reader;
  const [first] = group;
  if (!first) return;
  let fetched: mails.Fetched[];
  try {
    fetched = trouble.isHopeless(first.uid) ? [unfetched(first)] : await bytesOf(reader, group);
  } catch (error) {
    trouble.brokeAt(first.uid);
    throw error;
  }
  trouble.passed();
  if (fetched.length === 0) return;
  const place = { ...lease.held, workspaceId: account.workspaceId, uidValidity: uidValidityOf(reader) };
  await mails.storeFetched(place, fetched);
  cursor.lastUid = Math.max(cursor.lastUid, ...fetched.map(({ uid }) => uid));
  reader.onStored();
}

export async function bytesOf(reader: Reader, group: Known[]): Promise<mails.Fetched[]> {
  const { client, account, mostBytes } = reader;
  const [first] = group;
  if (first && first.size > mostBytes) {
    log.warn({ part: 'mail', accountId: account.id, bytes: first.size }, 'too large, fetched in part');
    const raw = await fetchPartly(client, first.uid);
    return raw ? [{ uid: first.uid, raw, head: readHead(raw), isPartial: true, size: first.size }] : [];
  }
  const fetched = new Map<number, mails.Fetched>();
  const range = group.map(({ uid }) => uid).join(',');
  for await (const { uid, source } of client.fetch(range, { source: true }, { uid: true })) {
    if (source && group.some((known) => known.uid === uid))
      fetched.set(uid, { uid, raw: source, head: readHead(source) });
  }
  return [...fetched.values()].sort((a, b) => a.uid - b.uid);
}

/** A row that says so, so that the others go on and a person hears of it. */
function unfetched({ uid, size }: Known): mails.Fetched {
  return { uid, size, raw: null, head: { messageId: '', fromAddress: '', fromName: '', subject: '' }, isPartial: true };
}
