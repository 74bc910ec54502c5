import { z } from 'zod';
import type { Mode } from './ticket.svelte.ts';

// What was typed and not yet sent outlives a closed panel, tab and browser: nothing typed is ever lost.

const draft = z.object({
  html: z.string(),
  files: z.array(z.object({ id: z.uuid(), name: z.string(), size: z.number(), type: z.string() })),
  at: z.number(),
});

export type Draft = Pick<z.infer<typeof draft>, 'html' | 'files'>;

const keptMs = 60 * 24 * 3_600_000;
const prefix = 'lotse:draft:';

const keyOf = (ticket: string, mode: Mode) => `${prefix}${ticket}:${mode}`;

export function loadDraft(ticket: string, mode: Mode): Draft | null {
  const text = localStorage.getItem(keyOf(ticket, mode));
  if (!text) return null;
  try {
    return draft.parse(JSON.parse(text));
  } catch {
    // Of an older shape: nothing that could be shown.
    return null;
  }
}

/** Returns false when the browser keeps nothing (private mode, full): then leaving must ask first. */
export function saveDraft(ticket: string, mode: Mode, { html, files }: Draft): boolean {
  try {
    if (!html && files.length === 0) localStorage.removeItem(keyOf(ticket, mode));
    else localStorage.setItem(keyOf(ticket, mode), JSON.stringify({ html, files, at: Date.now() }));
    return true;
  } catch {
    return false;
  }
}

/** Before what is kept already: words that came back while nobody had their field open. */
export function keepBefore(ticket: string, mode: Mode, { html, files }: Draft): void {
  const kept = loadDraft(ticket, mode);
  saveDraft(ticket, mode, { html: html + (kept?.html ?? ''), files: [...files, ...(kept?.files ?? [])] });
}

/** Drafts of tickets long forgotten make room. */
export function sweepDrafts(now = Date.now()): void {
  const keys = Array.from({ length: localStorage.length }, (_, index) => localStorage.key(index) ?? '');
  for (const key of keys.filter((each) => each.startsWith(prefix))) {
    const at = /"at":(\d+)}$/.exec(localStorage.getItem(key) ?? '')?.[1];
    if (Number(at ?? 0) < now - keptMs) localStorage.removeItem(key);
  }
}
