import type { ImapFlow, ListResponse } from 'imapflow';
import type { CheckFailure } from '#lib/shared/checks.ts';
import { AppError } from '#lib/shared/errors.ts';
import type * as mails from '#server/domain/mails.ts';
import { forgetAccessToken } from './access-token.ts';
import { clientFor } from './imap-connect.ts';
import { uidValidityOf } from './imap-read.ts';

export type Seen =
  | { as: 'arrived'; uid: number; uidValidity: number; raw: Buffer }
  | { as: 'elsewhere'; folder: string; isJunk: boolean }
  | { as: 'nothing' };

type Wanted = {
  /** How the subject ends. */
  mark: string;
  since: Date;
  /** It is late: it may lie in another folder. */
  everywhere: boolean;
};

const patience = { quietMs: 15_000, commandMs: 20_000 };
const mostFolders = 40;
/**
 * Folders are gone through for so long; of those behind nothing is said. A whole look is cut then, whatever is under way: two of them,
 * as with a token that was taken back, are shorter than a check is one process's alone (server/domain/checks/queue.ts).
 */
const usualBounds = { foldersMs: 15_000, wholeMs: 40_000 };
const mostBytes = 256 * 1024;

/** Looks into an account's mailbox for a mail, as the reader would, beside it and without touching anything. */
export async function lookFor(account: mails.Account, wanted: Wanted, bounds = usualBounds): Promise<Seen> {
  try {
    return await look(account, wanted, bounds);
  } catch (error) {
    // A kept token may have been taken back: the next is a new one.
    if (account.imapAuth === 'password' || !isRefused(error)) throw error;
    forgetAccessToken({ accountId: account.id });
    return look(account, wanted, bounds);
  }
}

function isRefused(error: unknown): boolean {
  return error instanceof Error && 'authenticationFailed' in error && error.authenticationFailed === true;
}

async function look(account: mails.Account, wanted: Wanted, bounds: typeof usualBounds): Promise<Seen> {
  const client = await clientFor(account, { patience, mayBeKept: true });
  // Told by the command under way; without a listener it would end the process.
  client.on('error', () => undefined);
  const late = setTimeout(() => client.close(), bounds.wholeMs);
  try {
    await client.connect();
    const uid = await find(client, account.imapFolder, wanted);
    if (uid !== null) {
      const found = await client.fetchOne(String(uid), { source: { maxLength: mostBytes } }, { uid: true });
      if (found && found.source)
        return { as: 'arrived', uid, uidValidity: uidValidityOf({ client, account }), raw: found.source };
    }
    if (!wanted.everywhere) return { as: 'nothing' };
    return await findElsewhere(client, { account, wanted, endAt: performance.now() + bounds.foldersMs });
  } finally {
    clearTimeout(late);
    client.close();
  }
}

async function find(client: ImapFlow, folder: string, { mark, since }: Wanted): Promise<number | null> {
  await client.mailboxOpen(folder, { readOnly: true });
  // SEARCH SINCE knows days only, and the server's may have begun later.
  const day = new Date(since.getTime() - 86_400_000);
  const found = (await client.search({ since: day, subject: mark }, { uid: true })) || [];
  return found.at(-1) ?? null;
}

type Search = { account: mails.Account; wanted: Wanted; endAt: number };

async function findElsewhere(client: ImapFlow, { account, wanted, endAt }: Search): Promise<Seen> {
  const folders = (await client.list()).filter((folder) => isElsewhere(folder, account));
  const junkFirst = folders.toSorted((a, b) => Number(isJunk(b)) - Number(isJunk(a)));
  for (const folder of junkFirst.slice(0, mostFolders)) {
    if (performance.now() > endAt) break;
    if ((await find(client, folder.path, wanted)) !== null)
      return { as: 'elsewhere', folder: folder.path, isJunk: isJunk(folder) };
  }
  return { as: 'nothing' };
}

/** Not where a mail lies anyway: copies of what was sent, all mail, and where the reader puts what it has read. */
function isElsewhere({ path, flags, specialUse }: ListResponse, account: mails.Account): boolean {
  if (path === account.imapFolder || flags.has('\\Noselect') || flags.has('\\NonExistent')) return false;
  if (['\\Sent', '\\All', '\\Drafts'].includes(specialUse ?? '')) return false;
  if (account.afterStoring === 'move' && path === account.moveToFolder) return false;
  return !(account.afterStoring === 'delete' && specialUse === '\\Trash');
}

function isJunk({ specialUse }: ListResponse): boolean {
  return specialUse === '\\Junk';
}

/** What kept us from looking, and the server's words for it. */
export function readTroubleOf(error: unknown): { failure: CheckFailure; response: string } {
  if (error instanceof AppError) return { failure: 'read.password', response: error.code };
  if (!(error instanceof Error)) throw error;
  const response =
    'responseText' in error && typeof error.responseText === 'string' ? error.responseText : error.message;
  const code = 'code' in error ? String(error.code) : '';
  if (isRefused(error)) return { failure: 'read.password', response };
  if ('mailboxMissing' in error && error.mailboxMissing === true) return { failure: 'read.folder', response };
  if (/CERT|SSL|TLS|certificate|altname/i.test(`${code} ${error.message}`))
    return { failure: 'read.certificate', response };
  return { failure: unreachable.has(code) ? 'read.connection' : 'read.trouble', response };
}

const unreachable = new Set([
  'ECONNREFUSED',
  'ECONNRESET',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'ETIMEDOUT',
  'EPIPE',
  'NoConnection',
  'EConnectionClosed',
  'ClosedAfterConnectTLS',
  'ClosedAfterConnectText',
  'UPGRADE_TIMEOUT',
  'CONNECT_TIMEOUT',
  'GREETING_TIMEOUT',
]);
