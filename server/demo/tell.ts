import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import type { TransactionSql } from '#server/database/pool.ts';
import * as files from '#server/files.ts';
import { richTextToPlain } from '#server/html.ts';
import { write, type Written } from './ledger.ts';
import type { Ids } from './plant.ts';
import type { Said, Story } from './stories.ts';

type Telling = { ids: Ids; story: Story; number: number };

const hourMs = 3_600_000;

function ago(hours: number): string {
  return new Date(Date.now() - hours * hourMs).toISOString();
}

/** One ticket as it went: rows with the times of the story, and the events that they would have left. */
export async function tell(sql: TransactionSql, { ids, story, number }: Telling): Promise<void> {
  const ticketId = await open(sql, { ids, story, number });
  const events: Written[] = [
    { type: 'ticket.created', at: ago(story.hours), by: null, data: { channel: story.channel ?? 'hand' } },
  ];
  for (const said of story.said) events.push(await say(sql, { ids, ticketId, said, story }));
  const first = story.said.find(([speaker]) => ids.members.has(speaker));
  if (story.member) {
    const at = ago(first ? first[2] + 0.2 : story.hours * 0.8);
    const by = { member: ids.members.get(story.member) ?? null };
    events.push({ type: 'ticket.claimed', at, by, data: { from: { member: null, group: null } } });
    await sql`update lotse.tickets set claimed_at = ${at} where id = ${ticketId}`;
  }
  if (story.status === 'closed') events.push(await close(sql, { ids, ticketId, story }));
  await write(sql, { workspaceId: ids.workspaceId, ticketId, isPublic: !story.internal, events });
}

async function open(sql: TransactionSql, { ids, story, number }: Telling): Promise<string> {
  const customer = story.said.filter(([speaker]) => ids.contacts.has(speaker)).at(-1);
  const answered = story.said.filter(([speaker]) => ids.members.has(speaker)).at(-1);
  const waits = customer && (!answered || answered[2] > customer[2]);
  const isHeld = story.member !== undefined;
  const row = {
    workspaceId: ids.workspaceId,
    number,
    subject: story.subject,
    poolId: ids.pools.get(story.pool),
    status: story.status === 'closed' ? (isHeld ? 'assigned' : 'open') : (story.status ?? 'open'),
    visibility: story.internal ? 'internal' : 'public',
    priority: story.priority ?? 'normal',
    channel: story.channel ?? 'hand',
    tags: story.tags ?? [],
    requesterId: story.customer && ids.contacts.get(story.customer),
    responsibleMemberId: story.member && ids.members.get(story.member),
    responsibleGroupId: story.group && ids.groups.get(story.group),
    dueAt: story.due === undefined ? null : ago(-story.due),
    createdAt: ago(story.hours),
    lastMessageAt: ago(story.said.at(-1)?.[2] ?? story.hours),
    lastCustomerAt: customer && ago(customer[2]),
    waitingSince: waits ? ago(customer[2]) : null,
    firstAnsweredAt: answered && ago(answered[2]),
    deferredUntil: story.isAsked ? 'infinity' : null,
  };
  const [ticket] = await sql<{ id: string }[]>`insert into lotse.tickets ${sql(row)} returning id`;
  return ticket?.id ?? '';
}

type Saying = { ids: Ids; ticketId: string; said: Said; story: Story };

async function say(sql: TransactionSql, { ids, ticketId, said, story }: Saying): Promise<Written> {
  const [speaker, text, hours, file] = said;
  const isComment = speaker.endsWith('!');
  const member = ids.members.get(speaker.replace('!', '')) ?? null;
  const contact = member ? null : (ids.contacts.get(speaker) ?? null);
  const id = randomUUID();
  const html = text
    .split('\n\n')
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('');
  const channel = member ? 'app' : story.channel === 'mail' || story.channel === 'form' ? story.channel : 'page';
  const visibility = isComment ? 'internal' : 'public';
  const row = {
    id,
    workspaceId: ids.workspaceId,
    ticketId,
    kind: isComment ? 'comment' : 'message',
    visibility,
    authorMemberId: member,
    authorContactId: contact,
    channel,
    occasion: story.isAsked && said === story.said.at(-1) ? 'question' : '',
    bodyHtml: html,
    bodyText: richTextToPlain(html),
    occurredAt: ago(hours),
    createdAt: ago(hours),
  };
  await sql`insert into lotse.messages ${sql(row)}`;
  if (file) await hang(sql, { ids, ticketId, messageId: id, contact, file, at: ago(hours) });
  const data = { message: id, kind: row.kind, visibility, channel, machine: '' };
  return { type: 'message.posted', at: ago(hours), by: { member, contact }, data };
}

type Hanging = { ids: Ids; ticketId: string; messageId: string; contact: string | null; file: string; at: string };

async function hang(sql: TransactionSql, { ids, ticketId, messageId, contact, file, at }: Hanging): Promise<void> {
  const stored = await files.put(await readFile(new URL(`./files/${file}`, import.meta.url)));
  const mime = file.endsWith('.pdf') ? 'application/pdf' : 'image/png';
  const { workspaceId } = ids;
  const row = {
    workspaceId,
    ticketId,
    messageId,
    visibility: 'public',
    name: file,
    mime,
    ...stored,
    uploadedByContactId: contact,
    createdAt: at,
  };
  await sql`insert into lotse.files ${sql(row)}`;
}

async function close(sql: TransactionSql, { ids, ticketId, story }: Omit<Saying, 'said'>): Promise<Written> {
  const at = ago((story.said.at(-1)?.[2] ?? story.hours) * 0.98);
  await sql`update lotse.tickets set status = 'closed' where id = ${ticketId}`;
  await sql`update lotse.tickets set closed_at = ${at} where id = ${ticketId}`;
  return {
    type: 'ticket.closed',
    at,
    by: { member: ids.members.get(story.member ?? '') ?? null },
    data: { informed: true },
  };
}
