import { error, fail, redirect } from '@sveltejs/kit';
import { z } from 'zod';
import { runs } from '#lib/admin/run.server.ts';
import { reading } from '#lib/ticket/found.server.ts';
import { changePassword } from '#server/auth/change-password.ts';
import { newPassword, password } from '#server/auth/fields.ts';
import { check, readForm } from '#server/auth/form.ts';
import { refusalOf } from '#server/auth/request.ts';
import type { Session } from '#server/auth/session.ts';
import { endOtherSessions, endSession, sessionsOf } from '#server/auth/sessions.ts';
import { imageSenders } from '#server/domain/images.ts';
import type { Actions, PageServerLoad } from './$types';

const change = z.object({ current: password, password: newPassword });
const ending = z.object({ session: z.uuid() });

export const load: PageServerLoad = async ({ locals }) => {
  const { userId, sessionId, email } = signedIn(locals);
  const [devices, senders] = await Promise.all([sessionsOf(userId), reading({ locals }, imageSenders)]);
  return { email, senders, devices: devices.map((device) => ({ ...device, isHere: device.id === sessionId })) };
};

export const actions: Actions = {
  password: async ({ request, locals }) => {
    const session = signedIn(locals);
    const { data, refusal: problem } = check(change, await readForm(request));
    const refusal = problem ?? (await refusalOf(changePassword(session, data)));
    return refusal ? fail(400, { refusal }) : { done: 'password' as const };
  },

  run: runs('images.trust'),

  end: async ({ request, locals }) => {
    const { userId, sessionId } = signedIn(locals);
    const { data } = check(ending, await readForm(request));
    if (data) await endSession({ sessionId: data.session, userId });
    if (data?.session === sessionId) redirect(303, '/login');
    return { done: 'device' as const };
  },

  endOthers: async ({ locals }) => {
    await endOtherSessions(signedIn(locals));
    return { done: 'devices' as const };
  },
};

function signedIn({ session }: App.Locals): Session {
  if (!session) error(404, { id: '', message: '' });
  return session;
}
