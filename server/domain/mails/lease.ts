import { asSystem } from '#server/database/actor.ts';

const leaseSeconds = 90;

export type Lease = { renew(): Promise<boolean>; end(): Promise<void> };

/**
 * One reader per account among all processes. Null while another holds it. A reader that could not renew in time has
 * lost it: whoever writes the cursor does so as the holder.
 */
export async function lease(accountId: string, holder: string): Promise<Lease | null> {
  const renew = async () => {
    const taken = await asSystem(
      null,
      ({ sql }) => sql`
      update lotse.mail_accounts
      set lease_holder = ${holder}, lease_until = now() + make_interval(secs => ${leaseSeconds})
      where id = ${accountId} and (lease_holder = ${holder} or lease_until is null or lease_until < now())
      returning id
    `,
    );
    return taken.length > 0;
  };
  if (!(await renew())) return null;
  return {
    renew,
    async end() {
      await asSystem(
        null,
        ({ sql }) => sql`
        update lotse.mail_accounts set lease_holder = null, lease_until = null
        where id = ${accountId} and lease_holder = ${holder}
      `,
      );
    },
  };
}

/** What the account's page shows until the next success. */
export async function reportFailure(accountId: string, sentence: string): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mail_accounts set last_error = ${sentence.slice(0, 500)} where id = ${accountId}
  `,
  );
}

/** Where reading begins: at the first look into a mailbox, and when the server numbered its mails anew. */
export async function startFrom(
  accountId: string,
  { uidValidity, lastUid }: { uidValidity: number; lastUid: number },
): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mail_accounts
    set uid_validity = ${uidValidity}, last_uid = ${lastUid}, last_error = '', last_success_at = now()
    where id = ${accountId}
  `,
  );
}

/** A look that found nothing new is a success too. */
export async function reportSuccess(accountId: string): Promise<void> {
  await asSystem(
    null,
    ({ sql }) => sql`
    update lotse.mail_accounts set last_error = '', last_success_at = now() where id = ${accountId}
  `,
  );
}
