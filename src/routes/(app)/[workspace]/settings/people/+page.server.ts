import { administering } from '#lib/admin/read.server.ts';
import { runs } from '#lib/admin/run.server.ts';
import { config } from '#server/config.ts';
import { invitations, people } from '#server/domain/settings.ts';
import type { Actions, PageServerLoad } from './$types';

export const load: PageServerLoad = async (event) => {
  const [team, invited] = await administering(event, (tx) => Promise.all([people(tx), invitations(tx)]));
  return { people: team, invited, hasRelay: config().smtpUrl !== null };
};

export const actions: Actions = { run: runs('member.invite', 'invitation.revoke', 'member.change') };
