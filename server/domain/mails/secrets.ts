import { asSystem } from '#server/database/actor.ts';
import { isSealed, seal } from '#server/sealed.ts';

/** What the passwords and tokens of accounts are sealed for; they are opened with the same words. */
export const imapPasswordPurpose = 'mail_accounts.imap_password';
export const refreshTokenPurpose = 'mail_accounts.oauth_refresh_token';

/** Seals the passwords that were stored in clear by earlier versions. Before anything else is done with accounts. */
export async function sealOldPasswords(): Promise<number> {
  return asSystem(null, async ({ sql }) => {
    const rows = await sql<{ id: string; imapPassword: string }[]>`
      select id, imap_password from lotse.mail_accounts
      where imap_password <> '' and imap_password not like 'sealed1.%'
      for update
    `;
    for (const { id, imapPassword } of rows) {
      if (isSealed(imapPassword)) continue;
      const sealed = seal(imapPassword, imapPasswordPurpose);
      await sql`update lotse.mail_accounts set imap_password = ${sealed} where id = ${id}`;
    }
    return rows.length;
  });
}
