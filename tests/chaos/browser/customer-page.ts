import { unflatten } from 'devalue';
import type { TicketPage } from '#lib/shared/page.ts';

/** What a customer's page shows. */
export type CustomerPage = Omit<TicketPage, 'seq'> & { seq: number };

/** As SvelteKit's own client reads it when the page is asked to look again. @throws where it could not be read */
export async function readPage(address: string, token: string): Promise<CustomerPage> {
  const answer = await fetch(`${address}/t/${token}/__data.json`, {
    signal: AbortSignal.timeout(15_000),
  });
  if (!answer.ok) throw new Error(`The page was answered with ${answer.status}`);
  const { nodes } = (await answer.json()) as { nodes: ({ type: string; data: unknown[] } | null)[] };
  const last = nodes.at(-1);
  if (last?.type !== 'data') throw new Error('The page has no data');
  // The command is a fresh one each time.
  const {
    command: _,
    isEarlier: _isEarlier,
    trouble,
    ...shown
  } = unflatten(last.data) as CustomerPage & {
    command: string;
    isEarlier: boolean;
    trouble: string | null;
  };
  if (trouble !== null) throw new Error(trouble);
  return shown;
}
