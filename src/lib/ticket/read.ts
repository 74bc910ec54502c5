import type { MailLine } from '#lib/inbox/letter.ts';
import type { Attachment, Conversation, MessageVersion } from '#lib/shared/conversation.ts';
import type { History } from '#lib/shared/history.ts';
import type { OpenTicket } from '#lib/shared/opened.ts';

const timeoutMs = 15_000;

/** There is no such ticket for this person, or no longer. */
export class Missing extends Error {
  override name = 'Missing';
}

export type Panel = Conversation & { ticket: OpenTicket; files: Attachment[] };

type Place = { at: string; id: string };

export function readPanel(workspace: string, number: number, before?: Place): Promise<Panel> {
  const query = before ? `?${new URLSearchParams({ at: before.at, id: before.id })}` : '';
  return read<Panel>(`/${workspace}/tickets/${number}/panel${query}`);
}

export function readHistory(workspace: string, number: number, cursor: string | null): Promise<History> {
  const query = cursor ? `?${new URLSearchParams({ cursor })}` : '';
  return read<History>(`/${workspace}/tickets/${number}/history${query}`);
}

export function readMails(workspace: string, number: number): Promise<MailLine[]> {
  return read<MailLine[]>(`/${workspace}/tickets/${number}/mails`);
}

export function readVersions(workspace: string, number: number, message: string): Promise<MessageVersion[]> {
  return read<MessageVersion[]>(`/${workspace}/tickets/${number}/messages/${message}/versions`);
}

/** @throws Missing for 404; whatever else went wrong is a plain error */
async function read<T>(address: string): Promise<T> {
  const response = await fetch(address, {
    signal: AbortSignal.timeout(timeoutMs),
    headers: { accept: 'application/json' },
  });
  if (response.status === 404) throw new Missing(address);
  if (!response.ok || response.redirected) throw new Error(`status ${response.status}`);
  // Our own server's own type.
  return (await response.json()) as T;
}
