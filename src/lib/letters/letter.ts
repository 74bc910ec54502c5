import { z } from 'zod';
import type { Occasion } from '#lib/shared/templates.ts';

/** A mail before it is sent, as its reader will get it. */
export type DrawnLetter = { subject: string; to: string; html: string; text: string };

export type WantedLetter = {
  number: number;
  occasion: Occasion;
  language?: 'de' | 'en';
  html?: string;
  history?: boolean;
  template?: string;
  address?: string;
};

const timeoutMs = 15_000;
const shape = z.object({ subject: z.string(), to: z.string(), html: z.string(), text: z.string() });
const refused = z.object({ error: z.object({ code: z.string() }) });

/** Null: there is no such ticket for this person. @throws when the server is away, or `signal` ended it */
export async function drawLetter(
  workspace: string,
  wanted: WantedLetter,
  signal?: AbortSignal,
): Promise<DrawnLetter | null> {
  const response = await fetch(`/api/v1/${workspace}/letters`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify(wanted),
    signal: AbortSignal.any([AbortSignal.timeout(timeoutMs), ...(signal ? [signal] : [])]),
  });
  const answer: unknown = await response.json();
  if (refused.safeParse(answer).data?.error.code === 'ticket.notFound') return null;
  if (!response.ok) throw new Error(`status ${response.status}`);
  return shape.parse(answer);
}
