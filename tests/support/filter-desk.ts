import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'vitest';
import type { CommandInput } from '#lib/shared/commands.ts';
import { decide } from '#server/config.ts';
import { asMember } from '#server/database/actor.ts';
import { trialOf } from '#server/domain/filters.ts';
import { startMail } from '#server/mail/index.ts';
import { createCast, run, type Member } from './cast.ts';
import { createTestDatabase } from './database.ts';
import { deliver } from './smtp-client.ts';
import { until } from './until.ts';

type Actions = CommandInput<'filter.create'>['actions'];
type Rule = Pick<CommandInput<'filter.try'>, 'conditions' | 'actions' | 'isMine'>;
type Sent = {
  id: string;
  state: string;
  reason: string;
  ticketId: string | null;
  filterNames: string[];
  verdicts: string[];
};

/** Its mail becomes tickets by itself, or waits for a person. */
export const open = 'service@nordlicht.example';
export const asking = 'fragen@nordlicht.example';

export const subject = (is: 'begins' | 'contains', value: string) => [{ field: 'subject' as const, is, value }];

export type FilterDesk = Awaited<ReturnType<typeof startFilterDesk>>;

/** A desk whose mail comes by SMTP, to try rules with. */
export async function startFilterDesk() {
  const folder = await mkdtemp(join(tmpdir(), 'lotse-'));
  const db = await createTestDatabase();
  decide({ SMTP_IN_PORT: '0', FILES_DIR: folder, ORIGIN: 'https://desk.example.org' });
  const cast = await createCast();
  const account = { pool: cast.heating, kind: 'smtp' as const };
  await run(cast.ada, 'account.create', { ...account, name: 'Service', address: open });
  await run(cast.ada, 'account.create', { ...account, name: 'Fragen', address: asking, asksFirst: true });
  const bridge = await startMail();
  let sent = 0;

  async function add(member: Member, word: string, { name = word, isMine = false, actions }: Adding): Promise<string> {
    const { filter = '' } = (
      await run(member, 'filter.create', { name, isMine, conditions: subject('contains', word), actions })
    ).result;
    await run(member, 'filter.change', { filter, isActive: true });
    return filter;
  }

  return {
    db,
    cast,
    /** A live one of the workspace's. */
    addFilter: (name: string, word: string, actions: Actions) => add(cast.ada, word, { name, actions }),
    addOwn: (member: Member, word: string, actions: Actions) => add(member, word, { isMine: true, actions }),

    /** Sends a mail and waits until it was decided about. */
    async send(about: string, { to = open, from = 'Nadine Neu <nadine@example.net>', head = '' } = {}): Promise<Sent> {
      const id = `${++sent}@example.net`;
      const lines = [`From: ${from}`, `To: ${to}`, `Subject: ${about}`, `Message-ID: <${id}>`, '', 'Guten Tag.'];
      const raw = [...(head ? [head] : []), ...lines].join('\r\n');
      expect(await deliver(bridge.smtpPort ?? 0, raw, { to: [to] })).toMatch(/^250 /);
      return until(async () => {
        const [row] = await db.owner<Sent[]>`
          select id, state, reason, ticket_id, filter_names, verdicts from lotse.mails
          where message_id = ${id} and state in ('waiting', 'filed', 'ignored', 'failed')
        `;
        return row;
      });
    },

    async tried(member: Member, rule: Rule) {
      const { trial = '' } = (await run(member, 'filter.try', rule)).result;
      return until(async () => {
        const now = await asMember(member, (tx) => trialOf(tx, trial));
        return now?.state === 'done' && now;
      });
    },

    async ticket(id: string | null) {
      const [row] = await db.owner<{ poolId: string; tags: string[]; priority: string }[]>`
        select pool_id, tags, priority from lotse.tickets where id = ${id}
      `;
      return row;
    },

    comments: (id: string) => db.owner<{ visibility: string; bodyText: string }[]>`
      select visibility, body_text from lotse.messages where ticket_id = ${id} order by created_at
    `,

    async stop() {
      await bridge.stop();
      await db.drop();
      await rm(folder, { recursive: true });
    },
  };
}

type Adding = { name?: string; isMine?: boolean; actions: Actions };
