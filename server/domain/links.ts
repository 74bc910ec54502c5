import { timingSafeEqual } from 'node:crypto';
import type { Command } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import { asSystem } from '#server/database/actor.ts';
import { secretFor } from '#server/database/keys.ts';
import { hmac } from '#server/hmac.ts';
import type { Act } from './act.ts';

// A ticket link is `/t/<token>`: 16 bytes of id and 16 of HMAC-SHA-256 over id and generation, in base64url. It can be
// made again from the row at any time, and ends by the row's expiry, its revocation or the next generation.

type Link = { id: string; generation: number };

function sign(secret: Buffer, { id, generation }: Link): Buffer {
  return hmac(secret, `${id}:${generation}`).subarray(0, 16);
}

export async function tokenFor(link: Link): Promise<string> {
  const secret = await secretFor('ticket link');
  return Buffer.concat([Buffer.from(link.id.replaceAll('-', ''), 'hex'), sign(secret, link)]).toString('base64url');
}

export type Holder = {
  kind: 'link';
  workspaceId: string;
  linkId: string;
  ticketId: string;
  language: 'de' | 'en';
  expiresAt: string;
};

/** Who holds this token. Throws `link.invalid` for a wrong, revoked or expired one, or off the ticket: they all look alike. */
export async function holderOf(token: string): Promise<Holder> {
  const bytes = /^[A-Za-z0-9_-]{43}$/.test(token) ? Buffer.from(token, 'base64url') : Buffer.alloc(0);
  if (bytes.length !== 32) throw new AppError('link.invalid');
  const hex = bytes.subarray(0, 16).toString('hex');
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  const [row] = await asSystem(
    null,
    ({ sql }) => sql<(Omit<Holder, 'kind'> & { generation: number; isAlive: boolean })[]>`
    select
      l.id as link_id, l.workspace_id, l.ticket_id, l.generation, l.expires_at, c.language,
      l.revoked_at is null
        and l.expires_at > now()
        and exists (
          select
          from lotse.ticket_customers tc
          where tc.ticket_id = l.ticket_id and tc.contact_id = l.contact_id and tc.verified
        ) as is_alive
    from lotse.ticket_links l
    join lotse.contacts c on c.id = l.contact_id
    where l.id = ${id}
  `,
  );
  const expected = sign(await secretFor('ticket link'), { id, generation: row?.generation ?? 0 });
  if (!timingSafeEqual(expected, bytes.subarray(16)) || !row?.isAlive) throw new AppError('link.invalid');
  const { workspaceId, linkId, ticketId, language, expiresAt } = row;
  return { kind: 'link', workspaceId, linkId, ticketId, language, expiresAt };
}

export async function revoke(act: Act, { link }: Command<'link.revoke'>) {
  const [revoked] = await act.sql<{ ticketId: string }[]>`
    update lotse.ticket_links set revoked_at = now()
    where id = ${link} and revoked_at is null
    returning ticket_id
  `;
  if (!revoked) throw new AppError('link.notFound');
  act.record({ type: 'link.revoked', ticket: revoked.ticketId, data: { link }, customer: { link } });
}
