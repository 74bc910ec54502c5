import { z } from 'zod';

/** A text block as it is put into an answer. */
export type FilledBlock = { id: string; folder: string; name: string; isMine: boolean; html: string };

const timeoutMs = 10_000;
const shape = z.object({
  blocks: z.array(
    z.object({ id: z.string(), folder: z.string(), name: z.string(), isMine: z.boolean(), html: z.string() }),
  ),
});

/** @throws when the server is away */
export async function readBlocks(workspace: string, ticket: number): Promise<FilledBlock[]> {
  const response = await fetch(`/api/v1/${workspace}/blocks?ticket=${ticket}`, {
    signal: AbortSignal.timeout(timeoutMs),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return shape.parse(await response.json()).blocks;
}

/** Those in whose name or folder every word stands; where the name begins with the text, first. */
export function matching(blocks: readonly FilledBlock[], text: string): FilledBlock[] {
  const wanted = text.trim().toLowerCase();
  const words = wanted.split(/\s+/).filter(Boolean);
  const found = blocks.filter(({ name, folder }) => {
    const whole = `${folder} ${name}`.toLowerCase();
    return words.every((word) => whole.includes(word));
  });
  const begins = ({ name }: FilledBlock) => Number(!name.toLowerCase().startsWith(wanted));
  return wanted ? found.toSorted((a, b) => begins(a) - begins(b)) : found;
}
