import { simpleParser } from 'mailparser';
import { expect } from 'vitest';
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

type Mail = { input: { link?: string; token?: string }; bytes: Uint8Array | null };

/** The link of the newest mail to somebody, as the mail's reader has it. Once a mail is built, its link stands in it and nowhere else. */
export async function newestLink(owner: Sql, to: string): Promise<URL> {
  const [mail] = await owner<Mail[]>`
    select input, bytes from lotse.outgoing_mails where to_address = ${to} order by created_at desc limit 1
  `;
  if (mail?.bytes) return linkIn(Buffer.from(mail.bytes));
  const { link, token } = mail?.input ?? {};
  if (link) return new URL(link);
  if (token) return new URL(`http://localhost/invitation?token=${token}`);
  throw new Error(`No mail to ${to} with a link`);
}

async function linkIn(raw: Buffer): Promise<URL> {
  const { text = '' } = await simpleParser(raw);
  return new URL(/https?:\/\/\S+token\S+/.exec(text)?.[0] ?? expect.fail('No link in the mail'));
}
