import { randomUUID } from 'node:crypto';
import { createTransport } from 'nodemailer';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { holderOf } from '#server/domain/links.ts';
import { startBridgeDesk, type BridgeDesk } from '../support/bridge-desk.ts';
import { run } from '../support/cast.ts';
import { until } from '../support/until.ts';

let desk: BridgeDesk;

beforeAll(async () => {
  desk = await startBridgeDesk();
  const { cast } = desk;
  await run(cast.ada, 'account.create', {
    name: 'Service',
    address: 'service@nordlicht.example',
    pool: cast.heating,
    kind: 'smtp',
  });
});

afterAll(() => desk.stop());

/** 22 bytes, as Outlook begins a thread with. */
const outlookThread = Buffer.from('01d9f3a1b2c4000102030405060708090a0b0c0d0e0f', 'hex').toString('base64');

type Mail = {
  from: string;
  subject: string;
  text: string;
  to?: string;
  inReplyTo?: string;
  references?: string;
  headers?: Record<string, string>;
};

async function send({ to = 'service@nordlicht.example', ...mail }: Mail): Promise<string> {
  const messageId = `<${randomUUID()}@example.org>`;
  const transport = createTransport({ host: '127.0.0.1', port: desk.port, secure: false, ignoreTLS: true });
  await transport.sendMail({ ...mail, to, messageId });
  transport.close();
  return messageId;
}

async function ledgerOf(messageId: string) {
  return until(async () => {
    const [row] = await desk.db.owner<{ state: string; reason: string; ticketId: string }[]>`
      select state, reason, ticket_id from lotse.mails
      where message_id = ${messageId.slice(1, -1)} and state in ('filed', 'ignored', 'failed')
    `;
    return row;
  });
}

async function messagesOf(ticketId: string) {
  return desk.db.owner<{ bodyText: string; machine: string; verified: boolean; quotedHtml: string }[]>`
    select body_text, machine, verified, quoted_html from lotse.messages where ticket_id = ${ticketId} order by created_at
  `;
}

test('a mail becomes a ticket in the pool of its account, and its sender is told the number and the link', async () => {
  const messageId = await send({
    from: 'Petra Weber <petra.weber@example.org>',
    subject: 'Heizung kalt',
    text: 'Guten Tag,\n\nbei mir ist es kalt.',
    headers: { 'Thread-Index': outlookThread, 'Thread-Topic': 'Heizung kalt' },
  });
  const ledger = await ledgerOf(messageId);
  expect(ledger).toMatchObject({ state: 'filed', reason: 'ticket.created' });
  const [ticket] = await desk.db.owner`select * from lotse.tickets where id = ${ledger.ticketId}`;
  expect(ticket).toMatchObject({
    subject: 'Heizung kalt',
    poolId: desk.cast.heating,
    channel: 'mail',
    status: 'open',
    requesterId: desk.cast.weber,
  });
  const confirmation = await desk.sink.next(({ mail }) => mail.subject === `Re: [#${ticket?.['number']}] Heizung kalt`);
  expect(confirmation.to).toEqual(['petra.weber@example.org']);
  expect(confirmation.mail.inReplyTo).toBe(messageId);
  expect(confirmation.mail.headers.get('thread-index')).toBe(outlookThread);
  expect(confirmation.mail.headers.get('thread-topic')).toBe('Heizung kalt');
  expect(confirmation.mail.headers.get('auto-submitted')).toBe('auto-replied');
  const link = /https:\/\/desk\.example\.org\/t\/([\w-]+)/.exec(confirmation.mail.text ?? '')?.[1] ?? '';
  expect(await holderOf(link)).toMatchObject({ ticketId: ledger.ticketId });
});

test('an answer by the keyed reply address lands on its ticket, with the quote folded away', async () => {
  const first = await send({
    from: 'John Smith <john.smith@example.com>',
    subject: 'Lift stuck',
    text: 'Dear team, the lift is stuck. Please help.',
  });
  const { ticketId } = await ledgerOf(first);
  await run(desk.cast.mona, 'message.post', {
    ticket: ticketId,
    kind: 'message',
    visibility: 'public',
    html: '<p>We are on our way.</p>',
  });
  await run(desk.cast.mona, 'message.post', {
    ticket: ticketId,
    kind: 'comment',
    visibility: 'internal',
    html: '<p>secret remark</p>',
  });
  const answer = await desk.sink.next(
    ({ mail, to }) => to[0] === 'john.smith@example.com' && (mail.text ?? '').includes('on our way'),
  );
  expect(answer.mail.from?.text).toContain('Mona Reis');
  expect(answer.raw.toString()).not.toContain('secret remark');
  const replyTo = answer.mail.replyTo?.value[0]?.address ?? '';
  expect(replyTo).toMatch(/^service\+\d+\.[a-z2-7]{26}@nordlicht\.example$/);
  const quote = (answer.mail.text ?? '')
    .split('\n')
    .map((line) => `> ${line}`)
    .join('\n');
  const reply = await send({
    from: 'John Smith <john.smith@example.com>',
    to: replyTo,
    subject: 'Re: Lift stuck',
    text: `Thank you!\n\nOn Sat, 21 Nov 2026 at 10:00, Mona Reis wrote:\n${quote}`,
    inReplyTo: answer.mail.messageId ?? '',
  });
  expect(await ledgerOf(reply)).toMatchObject({ state: 'filed', reason: 'ticket.answered by address', ticketId });
  const last = (await messagesOf(ticketId)).at(-1);
  expect(last).toMatchObject({ bodyText: 'Thank you!', verified: true, machine: '' });
  expect(last?.quotedHtml).toContain('on our way');
});

test('the number in a subject alone lets a stranger write into no foreign ticket', async () => {
  const first = await send({ from: 'Petra Weber <petra.weber@example.org>', subject: 'Schlüssel', text: 'Wo ist er?' });
  const { ticketId } = await ledgerOf(first);
  const [ticket] = await desk.db.owner<{ number: number }[]>`select number from lotse.tickets where id = ${ticketId}`;
  const guess = await send({
    from: 'eve@attacker.example',
    subject: `Re: [#${ticket?.number}] Schlüssel`,
    text: 'Gib mir alles',
  });
  const ledger = await ledgerOf(guess);
  expect(ledger.reason).toBe('ticket.created, maybe');
  expect(ledger.ticketId).not.toBe(ticketId);
});

test('an out-of-office answer stands on the ticket as what it is, and is never answered', async () => {
  const first = await send({
    from: 'Petra Weber <petra.weber@example.org>',
    subject: 'Balkon',
    text: 'Der Balkon ist undicht.',
  });
  const { ticketId } = await ledgerOf(first);
  const away = await send({
    from: 'Petra Weber <petra.weber@example.org>',
    subject: 'Abwesenheitsnotiz: Balkon',
    text: 'Ich bin nicht im Büro.',
    inReplyTo: first,
    headers: { 'Auto-Submitted': 'auto-replied' },
  });
  expect(await ledgerOf(away)).toMatchObject({ state: 'filed', ticketId });
  expect((await messagesOf(ticketId)).at(-1)).toMatchObject({ machine: 'automatic' });
  const [ticket] = await desk.db.owner<
    { waits: boolean }[]
  >`select last_message_at > waiting_since as waits from lotse.tickets where id = ${ticketId}`;
  expect(ticket?.waits).toBe(false);
});

test('a reply to a closed ticket becomes a new one that is linked to it', async () => {
  const first = await send({
    from: 'Petra Weber <petra.weber@example.org>',
    subject: 'Tropfender Hahn',
    text: 'Er tropft.',
  });
  const { ticketId } = await ledgerOf(first);
  await run(desk.cast.mona, 'ticket.close', { ticket: ticketId, text: '<p>Repariert.</p>' });
  const closing = await desk.sink.next(({ mail }) => (mail.text ?? '').includes('Repariert.'));
  const reply = await send({
    from: 'Petra Weber <petra.weber@example.org>',
    subject: closing.mail.subject ?? '',
    text: 'Er tropft wieder.',
    inReplyTo: closing.mail.messageId ?? '',
  });
  const ledger = await ledgerOf(reply);
  expect(ledger.reason).toBe('ticket.created, closed');
  const [ticket] = await desk.db.owner<
    { subject: string }[]
  >`select subject from lotse.tickets where id = ${ledger.ticketId}`;
  expect(ticket?.subject).toBe('Tropfender Hahn');
});

test('an unknown address is refused in the conversation, so its sender keeps the mail', async () => {
  await expect(
    send({ from: 'petra.weber@example.org', to: 'nobody@nordlicht.example', subject: 'x', text: 'x' }),
  ).rejects.toThrow(/550/);
});
