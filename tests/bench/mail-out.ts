import { act } from '#server/domain/act.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { startOutbox } from '#server/mail/outbox.ts';
import { now } from './clock.ts';
import { cpuMsOf, cpuMsWithChildren, postmasterOf } from './cpu.ts';
import { allSent, withMailDesk, type MailDesk } from './mail-desk.ts';
import { repeat, type Bench } from './part.ts';

const warmUp = 30;

export type Sent = { perSecond: number; processMs: number; databaseMs: number };

/**
 * From the start of the outbox, with so many confirmations queued, until the last is written down as sent, each of them taken by a real
 * server with its recipient and its text; processor time per mail.
 */
export function sendAll(bench: Bench, count: number): Promise<Sent[]> {
  return withMailDesk(bench, async (desk) => {
    await desk.owner`
      insert into lotse.contact_addresses (workspace_id, contact_id, address, is_primary)
      -- Each in a domain of its own: of one domain's people only so many an hour are answered by themselves.
      select workspace_id, id, 'erika@customer-' || row_number() over (order by id) || '.example', true
      from lotse.contacts c
      where not exists (select from lotse.contact_addresses a where a.contact_id = c.id)
    `;
    await desk.owner`
      insert into lotse.ticket_customers (workspace_id, ticket_id, contact_id)
      select workspace_id, id, requester_id from lotse.tickets where requester_id is not null
      on conflict do nothing
    `;
    const postmaster = await postmasterOf(desk.owner);
    const send = async (mails: number): Promise<Sent> => {
      await queue(desk, mails);
      const before = (await desk.post.ask({ taken: true })).taken;
      const books = [cpuMsOf(process.pid), cpuMsWithChildren(postmaster), now()] as const;
      const outbox = startOutbox();
      try {
        await allSent(desk);
        const ms = now() - books[2];
        const { taken } = await desk.post.ask({ taken: true });
        if (taken - before !== mails) throw new Error(`${taken - before} of ${mails} mails arrived`);
        return {
          perSecond: mails / (ms / 1000),
          processMs: (cpuMsOf(process.pid) - books[0]) / mails,
          databaseMs: (cpuMsWithChildren(postmaster) - books[1]) / mails,
        };
      } finally {
        await outbox.stop();
      }
    };
    await send(warmUp);
    await desk.owner`analyze`;
    await send(warmUp);
    return repeat(bench.runs, () => send(count));
  });
}

/** One confirmation after the other, of a hundred tickets. */
async function queue({ cast, tickets, owner }: MailDesk, mails: number): Promise<void> {
  const system = { kind: 'system' as const, workspaceId: cast.workspaceId };
  for (let i = 0; i < mails; i++) {
    const ticket = tickets[i % tickets.length] ?? '';
    await act(system, (tx) => outgoing.queueForCustomers(tx, { kind: 'confirmation', ticket, message: null }));
  }
  const [row] = await owner<{ queued: number }[]>`
    select count(*)::int as queued from lotse.outgoing_mails where state = 'queued'
  `;
  if (row?.queued !== mails) throw new Error(`${row?.queued} of ${mails} mails were queued`);
}
