import type { CookieJar } from '#server/auth/client.ts';
import { clientFor } from '#server/auth/client.ts';
import { sessionFrom } from '#server/auth/session.ts';
import type { Sql } from '#server/database/pool.ts';

/** A browser's cookies. */
export function createJar() {
  const cookies = new Map<string, string>();
  const flags = new Map<string, Record<string, unknown>>();
  const jar: CookieJar = {
    getAll: () => [...cookies].map(([name, value]) => ({ name, value })),
    set(name, value, options) {
      flags.set(name, options);
      if (options['maxAge'] === 0) cookies.delete(name);
      else cookies.set(name, value);
    },
  };
  const header = () => [...cookies].map(([name, value]) => `${name}=${encodeURIComponent(value)}`).join('; ');
  return { ...jar, flags, header, client: () => clientFor(jar, true), session: () => sessionFrom(header()) };
}

export const desk = { address: '192.0.2.7', userAgent: 'Firefox' };

/** The link of the newest mail to somebody, as the mail's reader has it. */
export async function newestLink(owner: Sql, to: string): Promise<URL> {
  const [mail] = await owner<{ input: { link?: string; token?: string } }[]>`
    select input from lotse.outgoing_mails where to_address = ${to} order by created_at desc limit 1
  `;
  if (!mail) throw new Error(`No mail to ${to}`);
  return new URL(mail.input.link ?? `http://localhost/invitation?token=${mail.input.token}`);
}
