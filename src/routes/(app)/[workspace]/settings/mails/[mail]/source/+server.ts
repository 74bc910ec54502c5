import { z } from 'zod';
import { administering } from '#lib/admin/read.server.ts';
import { nowhere } from '#lib/ticket/found.server.ts';
import { sourceOf } from '#server/domain/ledger.ts';
import type { RequestHandler } from './$types';

/** A mail as it came, for administrators; downloaded, never shown. */
export const GET: RequestHandler = async (event) => {
  const id = z.uuid().safeParse(event.params.mail).data ?? nowhere();
  const { bytes, receivedAt } = await administering(event, (tx) => sourceOf(tx, id));
  return new Response(new Uint8Array(bytes), {
    headers: {
      'content-type': 'message/rfc822',
      'content-disposition': `attachment; filename="${receivedAt.slice(0, 16).replace(/[^0-9]/g, '')}-${id.slice(0, 8)}.eml"`,
      'content-length': String(bytes.length),
      'content-security-policy': "default-src 'none'; sandbox",
      'cache-control': 'no-store',
      'x-content-type-options': 'nosniff',
    },
  });
};
