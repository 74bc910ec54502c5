import { randomUUID } from 'node:crypto';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { createCast, createTicket, linkFor, run, type Cast } from '../../support/cast.ts';
import { createLiveDatabase, openBoard, openTicketPage, Page, startLive, type Desk } from '../../support/live.ts';

let desk: Desk;
let cast: Cast;
const open: Page[] = [];

beforeAll(async () => {
  desk = { database: await createLiveDatabase(), live: await startLive() };
  cast = await createCast();
});
afterEach(() => {
  vi.useRealTimers();
  open.splice(0).forEach((page) => page.close());
});
afterAll(async () => {
  await desk.live.stop();
  await desk.database.drop();
});

async function customerOf(ticket: string, contact?: string) {
  const { linkId } = await linkFor(cast, ticket, contact);
  const page = await openTicketPage(desk, linkId);
  open.push(page);
  return { page, linkId };
}

const say = (ticket: string, kind: 'message' | 'comment', html: string) =>
  run(cast.ada, 'message.post', { ticket, kind, visibility: kind === 'message' ? 'public' : 'internal', html });

describe('a customer', () => {
  test('hears the public events of the own ticket, in a counter of its own, and nothing internal', async () => {
    const [ticket, other] = [await createTicket(cast), await createTicket(cast)];
    const { page } = await customerOf(ticket);
    const { seq } = await page.ready();
    await say(ticket, 'comment', '<p>Der ist schwierig.</p>');
    await say(other, 'message', '<p>Anderswo</p>');
    await run(cast.ada, 'ticket.change', { ticket, priority: 'urgent', tags: ['heikel'] });
    await run(cast.ada, 'ticket.support', { ticket, member: cast.cleo.memberId });
    await run(cast.ada, 'ticket.assign', { ticket, member: cast.ben.memberId });
    await run(cast.ada, 'pool.setAccess', { pool: cast.lift, member: cast.ben.memberId, allowed: true });
    await say(ticket, 'message', '<p>Wir kommen morgen.</p>');
    await page.frame('message.posted');
    expect(page.frames.map(({ type, seq: own }) => [type, own - seq])).toEqual([
      ['ticket.assigned', 1],
      ['message.posted', 2],
    ]);
    for (const frame of page.frames) {
      expect(Object.keys(frame).toSorted()).toEqual([
        'actor',
        'at',
        'command',
        'data',
        'prev',
        'seq',
        'ticket',
        'type',
      ]);
      expect(frame).toMatchObject({ ticket, command: null, actor: { kind: 'member', id: null } });
      expect(frame.prev).toEqual({ [`customer:${ticket}`]: frame.seq - 1 });
    }
    // Names, words and ids of the team are nowhere in all that was sent.
    const all = JSON.stringify(page.told);
    for (const secret of [
      'schwierig',
      'heikel',
      'Wir kommen',
      cast.ben.memberId,
      cast.ada.memberId,
      cast.heating,
      other,
    ]) {
      expect(all).not.toContain(secret);
    }
  });

  test('answers, and the board shows it', async () => {
    const ticket = await createTicket(cast);
    const ben = await openBoard(desk, cast.ben);
    open.push(ben);
    const { page } = await customerOf(ticket);
    const id = randomUUID();
    const input = { ticket, kind: 'message', visibility: 'public', html: '<p>Danke!</p>' };
    const [answer, again] = [
      await page.command('message.post', input, id),
      await page.command('message.post', input, id),
    ];
    expect(answer).toMatchObject({ ok: true });
    expect(again).toEqual(answer);
    const frame = await ben.frame('message.posted', (one) => one.ticket === ticket);
    expect(frame).toMatchObject({ actor: { kind: 'contact', id: cast.weber }, card: { waiting: expect.any(String) } });
    expect((await page.frame('message.posted')).command).toBe(id);
  });

  test('may command nothing else', async () => {
    const ticket = await createTicket(cast);
    const { page } = await customerOf(ticket);
    for (const [name, input] of [
      ['ticket.claim', { ticket }],
      ['ticket.close', { ticket }],
      ['ticket.reopen', { ticket }],
      ['contact.change', { contact: cast.weber, name: 'X' }],
      ['ticket.read', { ticket, at: new Date().toISOString() }],
    ] as const) {
      expect(await page.command(name, input)).toEqual({ ok: false, error: { code: 'forbidden', detail: {} } });
    }
    const other = await createTicket(cast);
    const foreign = { ticket: other, kind: 'message', visibility: 'public', html: '<p>x</p>' };
    expect(await page.command('message.post', foreign)).toMatchObject({ ok: false });
    // There is no internal word of a customer's.
    const comment = { ticket, kind: 'comment', visibility: 'internal', html: '<p>x</p>' };
    expect(await page.command('message.post', comment)).toMatchObject({ ok: true });
    expect((await page.frame('message.posted')).data).toMatchObject({ kind: 'message' });
  });

  test('catches up by the own counter', async () => {
    const ticket = await createTicket(cast);
    const { page } = await customerOf(ticket);
    const { seq } = await page.ready();
    const joined = page.readys.length;
    page.socket.io.engine.close();
    await say(ticket, 'message', '<p>Eins</p>');
    await say(ticket, 'comment', '<p>intern</p>');
    await say(ticket, 'message', '<p>Zwei</p>');
    await page.until(() => page.readys.length > joined);
    const answer = await page.catchUp(seq);
    expect(answer).toMatchObject({ seq: seq + 2, frames: [{ seq: seq + 1 }, { seq: seq + 2 }] });
    expect(await page.catchUp(seq + 2)).toEqual({ frames: [], seq: seq + 2 });
  });
});

describe('a ticket link', () => {
  const knock = async (token: unknown) => {
    const page = new Page(`${desk.live.url}/t`, { auth: { token } });
    open.push(page);
    await page.until(() => page.refusal ?? page.ended ?? page.readys[0]);
    return page.refusal ?? page.ended?.code;
  };

  test('that is wrong opens nothing', async () => {
    expect(await knock('A'.repeat(43))).toBe('link.invalid');
    expect(await knock(7)).toBe('link.invalid');
    expect(await knock(undefined)).toBe('link.invalid');
  });

  test('revoked, ends the connection at once and opens no other; the other participants stay', async () => {
    const ticket = await createTicket(cast);
    const weber = await customerOf(ticket);
    const smith = await customerOf(ticket, cast.smith);
    await run(cast.ada, 'link.revoke', { link: weber.linkId });
    expect(await weber.page.until(() => weber.page.ended)).toEqual({ code: 'link.ended' });
    await weber.page.until(() => weber.page.socket.disconnected);
    const frame = await smith.page.frame('link.revoked');
    expect(frame.data).toEqual({});
    expect(weber.page.frames).toEqual([]);
    expect(smith.page.socket.connected).toBe(true);
  });

  test('ends with its time, by its own timer', async () => {
    const ticket = await createTicket(cast);
    const { linkId } = await linkFor(cast, ticket);
    await desk.database
      .owner`update lotse.ticket_links set expires_at = now() + interval '15 seconds' where id = ${linkId}`;
    // Time goes on by itself, and then leaps: however long opening the page takes, the link is still good.
    vi.useFakeTimers({ toFake: ['Date', 'setTimeout', 'clearTimeout'], shouldAdvanceTime: true });
    const page = await openTicketPage(desk, linkId);
    open.push(page);
    expect(page.ended).toBeNull();
    vi.advanceTimersByTime(15_000);
    expect(await page.until(() => page.ended)).toEqual({ code: 'link.ended' });
  });

  test('ends when the ticket turns internal, and works again when it turns public', async () => {
    const ticket = await createTicket(cast);
    const { page, linkId } = await customerOf(ticket);
    await run(cast.ada, 'ticket.setVisibility', { ticket, visibility: 'internal' });
    expect(await page.until(() => page.ended)).toEqual({ code: 'link.ended' });
    await say(ticket, 'comment', '<p>unter uns</p>');
    expect(page.frames).toEqual([]);
    await run(cast.ada, 'ticket.setVisibility', { ticket, visibility: 'public' });
    const again = await openTicketPage(desk, linkId);
    open.push(again);
    expect((await again.ready()).rooms).toEqual([`customer:${ticket}`]);
  });

  test('ends when the ticket becomes a draft', async () => {
    const ticket = await createTicket(cast);
    const { page } = await customerOf(ticket);
    await run(cast.ada, 'ticket.setStatus', { ticket, status: 'draft' });
    expect(await page.until(() => page.ended)).toEqual({ code: 'link.ended' });
    expect(page.frames).toEqual([]);
  });

  test('of an internal ticket opens nothing', async () => {
    const ticket = await createTicket(cast, { visibility: 'internal' });
    const { linkId } = await linkFor(cast, ticket);
    const page = new Page(`${desk.live.url}/t`, {
      auth: { token: await (await import('#server/domain/links.ts')).tokenFor({ id: linkId, generation: 1 }) },
    });
    open.push(page);
    expect(await page.until(() => page.ended)).toEqual({ code: 'link.ended' });
    expect(page.readys).toEqual([]);
  });

  test('guessed at from one address soon meets a closed door', async () => {
    const answers = new Set<string | undefined>();
    for (let i = 0; i < 40 && !answers.has('too.many'); i++) answers.add(await knock('B'.repeat(43)));
    expect(answers).toContain('too.many');
  });
});
