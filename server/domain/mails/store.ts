import { createHash, randomUUID } from 'node:crypto';
import { AppError } from '#lib/shared/errors.ts';
import { faultFrom } from '#server/database/fault.ts';
import { asSystem, type Tx } from '#server/database/actor.ts';
import * as files from '#server/files.ts';
import { leaseSeconds, type Held } from './lease.ts';
import type { Head } from './queue.ts';

/** Up to here the bytes stand in the row; a 30 MB bytea cost 300 MB of memory, so larger ones lie in the file home. */
const inlineBytes = 256 * 1024;

/** A mail as it came. `head` is what can be told of it without reading it: the ledger shows it from the first moment. */
type Mail = { raw: Buffer; head: Head };

export type Delivered = Mail & {
  account: { id: string; workspaceId: string };
  envelope: { from: string; to: string[] };
  /** A check's of its account: it comes in while that is paused. */
  isCheck?: boolean;
};

type Waiting = { mail: Delivered; resolve: () => void; reject: (error: unknown) => void };

let waiting: Waiting[] = [];
let isStoring = false;

/**
 * The first thing that happens to a mail: its bytes are committed. Only then is the sender told so. Those that come while
 * others are being committed share the next commit.
 * @throws AppError `account.paused` when its account takes no mail any more
 */
export function store(mail: Delivered): Promise<void> {
  return new Promise((resolve, reject) => {
    waiting.push({ mail, resolve, reject });
    if (!isStoring) void storeWaiting();
  });
}

async function storeWaiting(): Promise<void> {
  isStoring = true;
  for (let group = waiting; group.length > 0; group = waiting) {
    waiting = [];
    const [error] = await storeGroup(group).then(
      () => [],
      (reason: unknown) => [reason],
    );
    // One of them may be the reason: each for itself.
    if (error !== undefined && !faultFrom(error) && group.length > 1)
      for (const one of group) await storeGroup([one]).catch(one.reject);
    else if (error !== undefined) for (const { reject } of group) reject(error);
  }
  isStoring = false;
}

async function storeGroup(group: Waiting[]): Promise<void> {
  const rows = await Promise.all(
    group.map(async ({ mail }) => ({
      ...(await rowOf(mail)),
      workspaceId: mail.account.workspaceId,
      accountId: mail.account.id,
      envelopeFrom: mail.envelope.from.slice(0, 320),
      envelopeTo: mail.envelope.to.slice(0, 100),
    })),
  );
  const taken = await asSystem(null, async ({ sql }) => {
    const ids = [...new Set(rows.map(({ accountId }) => accountId))];
    const accounts = await sql<{ id: string; isPaused: boolean }[]>`
      select id, paused_at is not null as is_paused from lotse.mail_accounts
      where id = any (${ids}::uuid[]) and archived_at is null
      for share
    `;
    const open = new Map(accounts.map(({ id, isPaused }) => [id, !isPaused]));
    const isTaken = group.map(({ mail }) => {
      const isOpen = open.get(mail.account.id);
      return isOpen === true || (isOpen === false && mail.isCheck === true);
    });
    const taken = rows.filter((_, index) => isTaken[index]);
    if (taken.length > 0) await sql`insert into lotse.mails ${sql(taken)}`;
    return isTaken;
  });
  for (const [index, { resolve, reject }] of group.entries()) {
    if (taken[index]) resolve();
    else reject(new AppError('account.paused'));
  }
}

export type Fetched = {
  uid: number;
  /** Null: the server could not hand it over. */
  raw: Buffer | null;
  head: Head;
  /** Its head and text only; `size` is the whole mail's. */
  isPartial?: boolean;
  size?: number;
};

export type Place = Held & { workspaceId: string; uidValidity: number };

/**
 * Mails of a mailbox, their places and the cursor, in one transaction: a reader that lost the lease stores nothing. The same
 * place again is the same mail.
 */
export async function storeFetched(place: Place, mails: Fetched[]): Promise<void> {
  const rows: Record<string, unknown>[] = [];
  for (const mail of mails) {
    const { uid, isPartial = false } = mail;
    const { accountId, workspaceId, uidValidity } = place;
    const raw = mail.raw ?? Buffer.from(`${accountId} ${uidValidity} ${uid}`);
    const row = { ...(await rowOf({ raw, head: mail.head })), size: mail.size ?? raw.length };
    rows.push({ ...row, ...(mail.raw ? {} : { raw: null }), workspaceId, accountId, uidValidity, uid, isPartial });
  }
  const lastUid = Math.max(...mails.map(({ uid }) => uid));
  await asSystem(place.workspaceId, async (tx) => {
    await advance(tx, place, lastUid);
    const { sql } = tx;
    await sql`
      insert into lotse.mails ${sql(rows)}
      on conflict (account_id, uid_validity, uid) where uid is not null do nothing
    `;
  });
}

/** A mail that was seen beside the reader of its mailbox. Its place is its own: whoever reads there finds it known. */
export async function storeSeen(
  place: Omit<Place, keyof Held> & { accountId: string },
  { uid, ...mail }: Mail & { uid: number },
) {
  const row = { ...(await rowOf(mail)), ...place, uid };
  await asSystem(
    place.workspaceId,
    ({ sql }) => sql`
    insert into lotse.mails ${sql(row)}
    on conflict (account_id, uid_validity, uid) where uid is not null do nothing
  `,
  );
}

/** The cursor moves with the mails, and by the holder of the lease only. */
async function advance({ sql }: Tx, { accountId, holder, token, uidValidity }: Place, lastUid: number) {
  const moved = await sql`
    update lotse.mail_accounts
    set
      uid_validity = ${uidValidity},
      last_uid = case when uid_validity is not distinct from ${uidValidity} then greatest(last_uid, ${lastUid}) else ${lastUid} end,
      lease_until = now() + make_interval(secs => ${leaseSeconds})
    where id = ${accountId} and lease_holder = ${holder} and lease_token = ${token}
    returning id
  `;
  if (moved.length === 0) throw new AppError('mail.leaseLost');
}

export async function rowOf({ raw, head }: Mail) {
  const isInline = raw.length <= inlineBytes;
  const storageKey = isInline ? null : (await files.put(raw)).storageKey;
  return {
    id: randomUUID(),
    sha256: createHash('sha256').update(raw).digest('hex'),
    size: raw.length,
    raw: isInline ? raw : null,
    storageKey,
    ...head,
  };
}

/** The raw bytes of a mail of the ledger; null once they were erased. */
export async function bytesOf(mail: { raw: Uint8Array | null; storageKey: string | null }): Promise<Buffer | null> {
  if (mail.raw) return Buffer.from(mail.raw);
  return mail.storageKey ? files.read(mail.storageKey) : null;
}
