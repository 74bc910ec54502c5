import { randomUUID } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { seal } from '#server/sealed.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { imapPasswordPurpose, refreshTokenPurpose } from './mails/secrets.ts';
import { smtpPasswordPurpose } from './outgoing/context.ts';
import { named } from './patch.ts';

/** A mail account: an IMAP mailbox that is fetched, or an address delivered to our own SMTP port. */
export async function create(act: Act, { pool, imapPassword, smtpPassword, ...input }: Command<'account.create'>) {
  const account = randomUUID();
  const row = {
    id: account,
    workspaceId: act.actor.workspaceId,
    poolId: pool,
    ...input,
    imapPassword: imapPassword && seal(imapPassword, imapPasswordPurpose),
    smtpPassword: smtpPassword && seal(smtpPassword, smtpPasswordPurpose),
  };
  await act.sql`insert into lotse.mail_accounts ${act.sql(named(row))}`;
  act.record({ type: 'account.created', data: { account }, audience: [rooms.moderators] });
  return { account };
}

export async function change(act: Act, input: Command<'account.change'>) {
  const { account, pool, imapPassword, smtpPassword, isPaused, ...rest } = input;
  const pausedAt = isPaused === undefined ? undefined : isPaused ? new Date().toISOString() : null;
  const row = named({
    ...rest,
    poolId: pool,
    pausedAt,
    imapPassword: imapPassword ? seal(imapPassword, imapPasswordPurpose) : undefined,
    smtpPassword: newSmtpPassword({ ...rest, smtpPassword }),
  });
  const fields = Object.keys(row);
  if (fields.length === 0) return;
  await update(act, account, row);
  act.record({ type: 'account.changed', data: { account, fields }, audience: [rooms.moderators] });
}

/** Left empty it stays; without a user there is none to keep. */
function newSmtpPassword({
  smtpHost,
  smtpUser,
  smtpPassword,
}: Pick<Command<'account.change'>, 'smtpHost' | 'smtpUser' | 'smtpPassword'>): string | undefined {
  if (smtpHost === '' || smtpUser === '') return '';
  return smtpPassword ? seal(smtpPassword, smtpPasswordPurpose) : undefined;
}

/** Somebody agreed at the provider that we read this mailbox. */
export async function connect(act: Act, { account, provider, token }: Command<'account.connect'>) {
  const sealed = seal(token, refreshTokenPurpose);
  const at = new Date().toISOString();
  await update(act, account, { imapAuth: provider, oauthRefreshToken: sealed, oauthConnectedAt: at });
  act.record({ type: 'account.changed', data: { account, fields: ['imapAuth'] }, audience: [rooms.moderators] });
}

/** Nothing more is fetched or delivered; the ledger of what came stays. */
export async function archive(act: Act, { account }: Command<'account.archive'>) {
  await update(act, account, { archivedAt: new Date().toISOString() });
  // Its mailbox is asked for no mail any more: what somebody wanted fetched again is told of as what it is.
  await act.system(
    (sql) => sql`update lotse.mails set fetch_again = false where account_id = ${account} and fetch_again`,
  );
  act.record({ type: 'account.changed', data: { account, fields: ['archivedAt'] }, audience: [rooms.moderators] });
}

async function update(act: Act, account: string, row: Record<string, unknown>): Promise<void> {
  const changed = await act.sql`
    update lotse.mail_accounts set ${act.sql(row)} where id = ${account} and archived_at is null returning id
  `;
  if (changed.length === 0) throw new AppError('account.notFound');
}
