import { redirect } from '@sveltejs/kit';
import type { PageServerLoad } from './$types.js';

/** `?ticket=1042` is the same as `/board/1042`: mails and notices may use either. */
export const load: PageServerLoad = ({ url, params }) => {
  const ticket = url.searchParams.get('ticket');
  if (ticket && /^\d{1,9}$/.test(ticket)) redirect(307, `/${params.workspace}/board/${ticket}`);
};
