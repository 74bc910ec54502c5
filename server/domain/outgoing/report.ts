import { asSystem } from '#server/database/actor.ts';
import { act as perform, type Act } from '../act.ts';
import { tell, type Told } from './settle.ts';

/** What a delivery report says (server/mail/bounce.ts). */
export type Report = {
  action: string;
  recipient: string | null;
  status: string | null;
  diagnostic: string | null;
  permanent: boolean;
  /** Of each recipient, where the report tells them apart. */
  recipients: Recipient[];
};

type Recipient = { final: string; original: string; action: string; status: string | null; diagnostic: string | null };

type Sent = Told & { toAddress: string };

/**
 * Notes on a mail of ours what a report says of its recipient. The caller has proved the mail's id: reports are easy to forge, and who
 * holds the id got the mail. Each mail has one recipient, so nothing is noted on those of others.
 */
export async function noteReport(act: Act, mail: string, report: Report): Promise<void> {
  const [sent] = await act.sql<Sent[]>`
    select id, ticket_id, ticket_message_id, to_address from lotse.outgoing_mails
    -- A sign-in mail is of none.
    where (workspace_id = ${act.actor.workspaceId} or workspace_id is null) and id = ${mail} and state in ('sent', 'unknown')
    for update
  `;
  if (!sent) return;
  const { toAddress, ...told } = sent;
  const said = concerning(report, toAddress);
  if (said.action === 'failed') {
    await act.sql`
      update lotse.outgoing_mails
      set
        state = 'bounced', response = ${wordsOf(said, toAddress)}, bounced_address = ${said.final},
        bounced_at = case when ${said.isFinal} then now() end
      where id = ${mail}
    `;
    tell(act, told, 'bounced');
  } else if (said.action === 'delayed') {
    await act.sql`
      update lotse.outgoing_mails set reported_late_at = now(), response = ${wordsOf(said, toAddress)} where id = ${mail}
    `;
    tell(act, told, 'delayed');
  } else if (said.action === 'complaint') {
    // The mail did arrive; what it means for the next ones stands in limits.ts.
    await act.sql`update lotse.outgoing_mails set complained_at = now() where id = ${mail}`;
  } else if (said.action === 'delivered') {
    await act.sql`update lotse.outgoing_mails set reported_late_at = null where id = ${mail}`;
  }
}

/** Mails that leave from the installation's own address come back to one mailbox, whose ever they are: one of another workspace is noted there. */
export async function noteReportElsewhere(workspaceId: string, mail: string, report: Report): Promise<void> {
  const [sent] = await asSystem(
    null,
    ({ sql }) => sql<{ workspaceId: string }[]>`
    select workspace_id from lotse.outgoing_mails where id = ${mail} and workspace_id <> ${workspaceId}
  `,
    { readOnly: true },
  );
  if (sent) await perform({ kind: 'system', workspaceId: sent.workspaceId }, (act) => noteReport(act, mail, report));
}

type Said = Recipient & { isFinal: boolean };

/** Its own words where it names whom we wrote to; else those of where his mail is sent on to, the worst first. */
function concerning({ recipients, recipient, permanent, ...whole }: Report, toAddress: string): Said {
  const to = toAddress.toLowerCase();
  const named =
    recipients.find(({ final, original }) => final === to || original === to) ??
    recipients.find(({ action }) => action === 'failed') ??
    recipients.find(({ action }) => action === 'delayed');
  if (!named) return { ...whole, final: recipient ?? '', original: '', isFinal: permanent };
  return { ...named, isFinal: !named.status?.startsWith('4') };
}

function wordsOf({ final, status, diagnostic }: Said, toAddress: string): string {
  const where = final && final !== toAddress.toLowerCase() ? `${final}:` : '';
  const code = status && !diagnostic?.includes(status) ? status : '';
  // "smtp;" says only whose words follow.
  return [where, code, diagnostic?.replace(/^[\w-]+\s*;\s*/, '')].filter(Boolean).join(' ').slice(0, 1000);
}
