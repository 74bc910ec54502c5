import { z } from 'zod';

const shape = z.object({
  contacts: z.array(z.object({ id: z.string(), name: z.string(), organisation: z.string(), address: z.string() })),
});
export type FoundContact = z.infer<typeof shape>['contacts'][number];

/** @throws when the server is away */
export async function findContacts(workspace: string, text: string, signal: AbortSignal): Promise<FoundContact[]> {
  const response = await fetch(`/api/v1/${workspace}/contacts?q=${encodeURIComponent(text)}`, {
    signal: AbortSignal.any([signal, AbortSignal.timeout(8_000)]),
  });
  if (!response.ok) throw new Error(`status ${response.status}`);
  return shape.parse(await response.json()).contacts;
}
