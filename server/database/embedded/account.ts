import { execFileSync } from 'node:child_process';
import { isRoot } from '#server/setup/home.mjs';
import { PlainError } from '#server/plain.ts';

/** Whom PostgreSQL's processes run as: ourselves, or, since it refuses root, a user of its own. */
export type Account = { uid?: number; gid?: number };

const name = 'postgres';

export function serverAccount(): Account {
  if (!isRoot) return {};
  return lookUp() ?? create();
}

function lookUp(): Account | null {
  const uid = run('id', ['-u', name]);
  const gid = run('id', ['-g', name]);
  return uid === null || gid === null ? null : { uid: Number(uid), gid: Number(gid) };
}

function create(): Account {
  // The first is Debian's and most others', the second BusyBox's.
  const created =
    run('useradd', ['--system', '--user-group', '--no-create-home', '--shell', '/usr/sbin/nologin', name]) ??
    run('adduser', ['-S', '-D', '-H', name]);
  const account = created === null ? null : lookUp();
  if (account) return account;
  throw new PlainError(
    `PostgreSQL does not run as root and the user "${name}" could not be created; create it, or set DATABASE_URL.`,
  );
}

function run(command: string, args: string[]): string | null {
  try {
    return execFileSync(command, args, {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: 10_000,
    }).trim();
  } catch {
    // A missing user and a missing command are the same answer here: no.
    return null;
  }
}
