import type { Attachment, Message } from '#lib/shared/conversation.ts';
import type { Stage, TicketPage } from '#lib/shared/page.ts';

type Item = { key: string; at: string } & (
  { kind: 'message'; message: Message } | { kind: 'file'; file: Attachment } | { kind: 'step'; stage: Stage }
);

/** Everything a customer sees of a ticket's course, in order and by day. Of steps only those within the messages on view. */
export function courseOf({ conversation, files, steps }: TicketPage, dayOf: (at: string) => string) {
  const since = conversation.hasEarlier ? (conversation.messages[0]?.at ?? '') : '';
  const items: Item[] = [
    ...steps.map(({ at, stage }) => ({ kind: 'step' as const, key: `${at} ${stage}`, at, stage })),
    ...files.map((file) => ({ kind: 'file' as const, key: file.id, at: file.at, file })),
    ...conversation.messages.map((message) => ({ kind: 'message' as const, key: message.id, at: message.at, message })),
  ];
  const days: { day: string; items: Item[] }[] = [];
  for (const item of items.filter(({ at }) => at >= since).sort((a, b) => a.at.localeCompare(b.at))) {
    const day = dayOf(item.at);
    const last = days.at(-1);
    if (last?.day === day) last.items.push(item);
    else days.push({ day, items: [item] });
  }
  return days;
}
