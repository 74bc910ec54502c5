import { config } from '#server/config.ts';
import { asSystem } from '#server/database/actor.ts';

type SignInMail = {
  kind: 'magicLink' | 'passwordReset';
  to: string;
  name: string;
  language: 'de' | 'en';
  link: string;
};

/**
 * Queues a sign-in mail. It belongs to no workspace, so no administrator finds its link on the page for outgoing mail: his
 * workspace may be one of several of this person's.
 */
export async function queueSignInMail({ kind, to, name, language, link }: SignInMail): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    insert into lotse.outgoing_mails (kind, to_address, language, input)
    values (${kind}, ${to}, ${language}, ${sql.json({ link, name })})
  `,
  );
}

/** The page where a button uses the link up. Scanners of mail open links; they press no buttons. */
export function confirmationAddress(
  tokenHash: string,
  kind: 'magicLink' | 'passwordReset',
  next: string | null,
): string {
  const address = new URL('/login/confirm', config().address);
  address.searchParams.set('token_hash', tokenHash);
  if (kind === 'passwordReset') address.searchParams.set('reset', '1');
  if (next) address.searchParams.set('next', next);
  return address.href;
}
