import { createHash } from 'node:crypto';
import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import * as files from '#server/files.ts';
import { leaseSeconds } from './lease.ts';

/** Up to here the bytes stand in the row; a 30 MB bytea cost 300 MB of memory, so larger ones lie in the file home. */
const inlineBytes = 256 * 1024;

export type Incoming = {
  account: { id: string; workspaceId: string };
  raw: Buffer;
  /** Where it lay in the mailbox; null for direct delivery. */
  place: { uidValidity: number; uid: number; leaseHolder: string } | null;
  envelope: { from: string; to: string[] } | null;
};

/**
 * The first thing that happens to a mail: its bytes and its place are committed. Only then may the server forget it. The
 * same place again is the same mail. Returns the ledger row's id.
 */
export async function store({ account, raw, place, envelope }: Incoming): Promise<string> {
  const isInline = raw.length <= inlineBytes;
  const storageKey = isInline ? null : (await files.put(raw)).storageKey;
  return asSystem(account.workspaceId, async ({ sql }) => {
    if (place) await advance();
    const [row] = await sql<{ id: string }[]>`
      insert into lotse.mails (
        workspace_id, account_id, uid_validity, uid, sha256, size, raw, storage_key, envelope_from, envelope_to
      )
      values (
        ${account.workspaceId}, ${account.id}, ${place?.uidValidity ?? null}, ${place?.uid ?? null},
        ${createHash('sha256').update(raw).digest('hex')}, ${raw.length}, ${isInline ? raw : null}, ${storageKey},
        ${envelope?.from.slice(0, 320) ?? ''}, ${envelope?.to.slice(0, 100) ?? []}
      )
      on conflict (account_id, uid_validity, uid) where uid is not null do update set size = excluded.size
      returning id
    `;
    if (!row) throw new Error('The ledger took no row');
    return row.id;

    // The cursor moves with the mail, and only by the holder of the lease: a reader that was overtaken stops here.
    async function advance() {
      const moved = await sql`
        update lotse.mail_accounts
        set
          uid_validity = ${place?.uidValidity ?? null},
          last_uid = case
            when uid_validity is not distinct from ${place?.uidValidity ?? null} then greatest(last_uid, ${place?.uid ?? 0})
            else ${place?.uid ?? 0}
          end,
          lease_until = now() + make_interval(secs => ${leaseSeconds})
        where id = ${account.id} and lease_holder = ${place?.leaseHolder ?? null}
        returning id
      `;
      if (moved.length === 0) throw new AppError('mail.leaseLost');
    }
  });
}

/** The raw bytes of a mail of the ledger; null once they were erased. */
export async function bytesOf(mail: { raw: Uint8Array | null; storageKey: string | null }): Promise<Buffer | null> {
  if (mail.raw) return Buffer.from(mail.raw);
  return mail.storageKey ? files.read(mail.storageKey) : null;
}
