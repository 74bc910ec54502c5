import { randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { run, type Cast } from './cast.ts';

/** An account of the pool Heizung that asks first, so that Ben may decide. */
export async function createInbox(
  cast: Cast,
  input: { pool?: string; sendsConfirmation?: boolean } = {},
): Promise<string> {
  const made = await run(cast.ada, 'account.create', {
    name: 'Anfragen',
    address: `${randomUUID()}@desk.example`,
    pool: cast.heating,
    kind: 'smtp',
    asksFirst: true,
    ...input,
  });
  return made.result['account'] ?? '';
}

type Home = { workspaceId: string; accountId: string };

/** A mail in the inbox, as the walk of a mail leaves it; returns its id. */
export async function addWaiting(owner: Sql, home: Home, row: Record<string, unknown> = {}): Promise<string> {
  const {
    bodyText = 'Guten Tag, es tropft. Tel. 040 1234567',
    bodyHtml = '<p>Guten Tag, es tropft.</p>',
    ...rest
  } = row;
  const raw = Buffer.from('Subject: Es tropft\r\n\r\nGuten Tag');
  const whole = {
    ...home,
    sha256: randomUUID().replaceAll('-', '').repeat(2),
    size: raw.length,
    raw,
    state: 'waiting',
    reason: 'inbox',
    askedAt: new Date().toISOString(),
    fromAddress: 'nadine.neu@example.net',
    fromName: 'Nadine Neu',
    subject: 'Es tropft',
    ...rest,
  };
  const [mail] = await owner<{ id: string }[]>`insert into lotse.mails ${owner(whole)} returning id`;
  const mailId = mail?.id ?? '';
  const content = { workspaceId: home.workspaceId, mailId, bodyHtml, bodyText, phone: '040 1234567' };
  await owner`insert into lotse.mail_contents ${owner(content as Record<string, string>)}`;
  return mailId;
}

export async function numberOf(owner: Sql, ticket: string): Promise<number> {
  const [row] = await owner<{ number: number }[]>`select number from lotse.tickets where id = ${ticket}`;
  return row?.number ?? 0;
}
