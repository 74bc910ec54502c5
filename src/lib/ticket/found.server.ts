import { error } from '@sveltejs/kit';
import { AppError } from '#lib/shared/errors.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import { asMember, type Tx } from '#server/database/actor.ts';

/** What may not be seen and what is not there look alike: 404. */
export async function found<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (problem) {
    if (problem instanceof AppError && /\.(notFound|invalid)$/.test(problem.code)) nowhere();
    throw problem;
  }
}

export function nowhere(): never {
  error(404, { id: '', message: m.auth_not_found() });
}

type Visit = { locals: App.Locals; params: { number?: string } };

/** The ticket number of an address, as an integer that fits the column. */
export function numberIn({ params }: Visit): number {
  const number = Number(/^[1-9]\d{0,8}$/.exec(params.number ?? '')?.[0]);
  return Number.isNaN(number) ? nowhere() : number;
}

/** Reads as the signed-in member, from one snapshot. */
export function reading<T>(
  { locals }: { locals: App.Locals; params?: unknown },
  work: (tx: Tx) => Promise<T>,
): Promise<T> {
  const { member } = locals;
  if (!member) nowhere();
  const who = { workspaceId: member.workspaceId, memberId: member.id };
  return found(() => asMember(who, work, { readOnly: true, repeatable: true }));
}
