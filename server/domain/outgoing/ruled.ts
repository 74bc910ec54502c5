import { m } from '#lib/i18n/paraglide/messages.js';
import { copyLength } from '#lib/shared/limits.ts';
import type { Priority } from '#lib/shared/ticket.ts';
import { act as perform, type Act } from '../act.ts';
import { paragraphs } from '../conversation/body.ts';
import { mark } from '../filters/mark.ts';
import { asked, type Asked } from '../filters/runs.ts';
import { receive } from '../messages/receive.ts';
import type { Built, Due } from './queue.ts';
import { tell, type Outcome } from './settle.ts';

/** What rules make of a mail that is about to leave. */
export type Ruled = {
  /** Null: it leaves. */
  stops: 'hold' | 'silent' | null;
  copies: number[];
  tags: string[];
  priority: Priority | null;
  names: string[];
  /** Its attachments, by name. */
  files: string[];
  wishes: Asked[];
};

const ends = {
  hold: { state: 'held', response: 'filter.held' },
  silent: { state: 'cancelled', response: 'filter.silent' },
} as const satisfies Record<string, Outcome>;

/** The bytes and all that rules cause, in one transaction: whatever crashes, it is done once, and a mail that is held stays held. */
export async function keepRuled(due: Due, built: Built, ruled: Ruled): Promise<Outcome | null> {
  const end = ruled.stops && ends[ruled.stops];
  await perform({ kind: 'system', workspaceId: due.workspaceId }, async (act) => {
    const { id, ...columns } = built;
    const row = {
      ...columns,
      input: act.sql.json({}),
      filterNames: ruled.names,
      ...(end ? { ...end, leaseUntil: null } : {}),
    };
    const kept = await act.sql`
      update lotse.outgoing_mails set ${act.sql(row)} where id = ${id} and bytes is null and state = 'sending' returning id
    `;
    if (kept.length === 0 || !due.ticketId) return;
    await mark(act, due.ticketId, ruled);
    if (ruled.copies.length > 0) await copy(act, due, { built, ruled });
    await asked(act, { outgoingMailId: id }, ruled.wishes);
    if (end) tell(act, due, end.state);
  });
  return end;
}

type Copy = { built: Built; ruled: Ruled };

/** The words alone: the mail itself carries its recipient's link, which is for nobody else. */
async function copy(act: Act, due: Due, { built, ruled }: Copy): Promise<void> {
  const [facts] = await act.sql<{ number: number; text: string; language: 'de' | 'en' }[]>`
    select t.number, coalesce(said.body_text, '') as text, w.language
    from lotse.outgoing_mails o
    join lotse.tickets t on t.id = o.ticket_id
    join lotse.workspaces w on w.id = o.workspace_id
    left join lotse.consultations c on c.id = o.consultation_id
    left join lotse.messages said on said.id = coalesce(o.ticket_message_id, c.message_id)
    where o.id = ${due.id}
  `;
  if (!facts) return;
  const { number, language } = facts;
  const note = m.filters_note_out({ address: due.toAddress, number }, { locale: language });
  const text = [note, built.subject, facts.text.slice(0, copyLength), ruled.files.join(', ')]
    .filter(Boolean)
    .join('\n\n');
  const targets = await act.sql<{ id: string }[]>`
    select id from lotse.tickets where workspace_id = ${due.workspaceId} and number = any (${ruled.copies}::int[])
  `;
  for (const { id: ticket } of targets) {
    const body = { html: paragraphs(text), text, quotedHtml: '', files: [] };
    await receive(act, { ...body, ticket, contact: null, isAutomatic: false, isVerified: true, isFirst: false });
  }
}
