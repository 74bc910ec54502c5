import { generateKeyPair, randomBytes } from 'node:crypto';
import { promisify } from 'node:util';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Tx } from '#server/database/actor.ts';
import { seal } from '#server/sealed.ts';
import type { Act } from './act.ts';
import { rooms } from './events.ts';
import { demandAdministrator } from './roles.ts';

/** What the private keys of sending domains are sealed for. */
export const dkimKeyPurpose = 'dkim_keys.private_key';

/** Longer ones do not fit into what some name servers answer; shorter ones are not believed (RFC 8301, 3.2). */
const modulusLength = 2048;

export type DkimSetting = {
  domain: string;
  /** Null while there is none. */
  key: { selector: string; publicKey: string; isOn: boolean; createdAt: string } | null;
};

/** Every domain that mails of the workspace are sent from, with its key. */
export function dkimSettings({ sql }: Tx): Promise<DkimSetting[]> {
  return sql<DkimSetting[]>`
    select
      coalesce(a.domain, k.domain) as domain,
      case when k.domain is not null then jsonb_build_object(
        'selector', k.selector, 'publicKey', k.public_key, 'isOn', k.is_on, 'createdAt', k.created_at
      ) end as key
    from (
      select distinct split_part(address, '@', 2) as domain from lotse.mail_accounts where archived_at is null
    ) a
    full join lotse.dkim_keys k on k.domain = a.domain
    order by 1
    limit 200
  `;
}

export type KeyPair = { publicKey: string; privateKey: string };

/** Takes some tenths of a second: before the transaction. */
export async function newKeyPair(): Promise<KeyPair> {
  const { publicKey, privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength,
    publicKeyEncoding: { type: 'spki', format: 'der' },
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
  });
  return { publicKey: publicKey.toString('base64'), privateKey };
}

/** A key for a domain that one of the workspace's accounts sends from. Where there is one it stays: its record may be published. */
export async function create(act: Act, { domain, publicKey, privateKey }: Command<'dkim.create'> & KeyPair) {
  await demandAdministrator(act);
  const [account] = await act.sql`
    select from lotse.mail_accounts where split_part(address, '@', 2) = ${domain} and archived_at is null limit 1
  `;
  if (!account) throw new AppError('dkim.notFound');
  const row = {
    workspaceId: act.actor.workspaceId,
    domain,
    // Another one for each key, since name servers remember the record of a former one.
    selector: `lotse-${randomBytes(3).toString('hex')}`,
    publicKey,
    privateKey: seal(privateKey, dkimKeyPurpose),
  };
  const made = await act.sql`insert into lotse.dkim_keys ${act.sql(row)} on conflict do nothing returning domain`;
  if (made.length > 0) tell(act, domain, 'created');
}

export async function change(act: Act, { domain, isOn }: Command<'dkim.change'>) {
  await demandAdministrator(act);
  const [before] = await act.sql<{ isOn: boolean }[]>`select is_on from lotse.dkim_keys where domain = ${domain}`;
  if (!before) throw new AppError('dkim.notFound');
  if (before.isOn === isOn) return;
  await act.sql`update lotse.dkim_keys set is_on = ${isOn} where domain = ${domain}`;
  tell(act, domain, isOn ? 'on' : 'off');
}

/** Mails that are signed already keep their signature; its record should stay published for another week. */
export async function remove(act: Act, { domain }: Command<'dkim.delete'>) {
  await demandAdministrator(act);
  const removed = await act.sql`delete from lotse.dkim_keys where domain = ${domain} returning domain`;
  if (removed.length > 0) tell(act, domain, 'deleted');
}

function tell(act: Act, domain: string, what: 'created' | 'on' | 'off' | 'deleted'): void {
  act.record({ type: 'dkim.changed', data: { domain, what }, audience: [rooms.moderators] });
}
