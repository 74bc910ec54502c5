import { boardFrom, type Board } from '#lib/shared/board.ts';
import { merge, sliceFrom, type Part } from '#lib/shared/parts.ts';
import type { Beside } from './board.svelte.ts';
import { fetchFirstPart, fetchPart } from './http.ts';

/** The whole board anew, beside the one on the screen. @throws Unsent when the server is away */
export async function readWhole(workspace: string): Promise<{ board: Board; beside: Beside }> {
  const first = await fetchFirstPart(workspace);
  const { seq, cards, reads } = sliceFrom(first);
  const board = boardFrom({ seq, cards, reads: [...first.reads, ...reads] });
  for (let part: Part = first; part.next;) {
    part = await fetchPart(workspace, part.next);
    merge(board, sliceFrom(part));
  }
  return { board, beside: first };
}
