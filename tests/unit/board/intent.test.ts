import { describe, expect, test } from 'vitest';
import type { Place } from '#lib/board/columns.ts';
import { intentOf } from '#lib/board/intent.ts';
import type { Card } from '#lib/shared/board.ts';
import { cardOf, viewer } from '../../support/cards.ts';

const ben = viewer('ben');
const mona = viewer('mona', 'moderator');
const toBen: Place = { kind: 'member', id: 'ben' };
const toCleo: Place = { kind: 'member', id: 'cleo' };

function after(card: Card, place: Place, who = ben): Partial<Card> | null | undefined {
  return intentOf(card, place, who)?.guess(card);
}

describe('a member', () => {
  test('claims an unclaimed ticket from his pools', () => {
    expect(intentOf(cardOf(1), toBen, ben)).toMatchObject({ name: 'ticket.claim', input: { ticket: 'ticket-1' } });
    expect(after(cardOf(1), toBen)).toMatchObject({ member: 'ben', group: null, status: 'assigned' });
  });

  test('claims what lies with his group, from whatever pool', () => {
    expect(intentOf(cardOf(1, { pool: 'it', group: 'caretakers' }), toBen, ben)?.name).toBe('ticket.claim');
  });

  test.each([
    ['from a pool that is not his', cardOf(1, { pool: 'it' })],
    ['what somebody else has', cardOf(1, { member: 'cleo' })],
    ['what he has already', cardOf(1, { member: 'ben' })],
    ['what is closed', cardOf(1, { status: 'closed' })],
  ])('does not claim %s', (_, card) => {
    expect(intentOf(card, toBen, ben)).toBeNull();
  });

  test('hands over what is his, and nothing else', () => {
    expect(intentOf(cardOf(1, { member: 'ben' }), toCleo, ben)?.name).toBe('ticket.assign');
    expect(intentOf(cardOf(1), toCleo, ben)).toBeNull();
    expect(intentOf(cardOf(1, { member: 'ada' }), { kind: 'pool', id: 'lift' }, ben)).toBeNull();
  });

  test('loses sight of what he moves into a pool that is not his', () => {
    const place: Place = { kind: 'pool', id: 'it' };
    expect(after(cardOf(1, { member: 'ben' }), place)).toBeNull();
    expect(after(cardOf(1, { member: 'ben', owners: ['ben'] }), place)).toMatchObject({ pool: 'it', member: null });
  });
});

describe('a moderator', () => {
  test('gives any ticket to a person or a group', () => {
    expect(after(cardOf(1), toCleo, mona)).toMatchObject({ member: 'cleo', status: 'assigned' });
    const group = after(cardOf(1, { member: 'ben' }), { kind: 'group', id: 'office' }, mona);
    expect(group).toMatchObject({ member: null, group: 'office', status: 'open' });
  });

  test('takes over by assigning to herself', () => {
    const intent = intentOf(cardOf(1, { member: 'ben' }), { kind: 'member', id: 'mona' }, mona);
    expect(intent).toMatchObject({ name: 'ticket.assign', input: { member: 'mona' } });
  });
});

describe('a pool', () => {
  test('its own means back to it, another means over there', () => {
    const card = cardOf(1, { member: 'ben', status: 'in_progress' });
    expect(intentOf(card, { kind: 'pool', id: 'heating' }, ben)?.name).toBe('ticket.release');
    expect(after(card, { kind: 'pool', id: 'heating' })).toMatchObject({ member: null, status: 'open' });
    expect(intentOf(card, { kind: 'pool', id: 'lift' }, ben)).toMatchObject({
      name: 'ticket.move',
      input: { pool: 'lift' },
    });
  });

  test('an unclaimed ticket is in its own already', () => {
    expect(intentOf(cardOf(1), { kind: 'pool', id: 'heating' }, mona)).toBeNull();
    expect(intentOf(cardOf(1), { kind: 'nobody', id: '' }, mona)).toBeNull();
  });
});

describe('a status', () => {
  test('open gives the ticket back, and assigned needs a person', () => {
    const mine = cardOf(1, { member: 'ben', status: 'in_progress' });
    expect(intentOf(mine, { kind: 'status', id: 'open' }, ben)?.name).toBe('ticket.release');
    expect(intentOf(mine, { kind: 'status', id: 'done' }, ben)?.name).toBe('ticket.setStatus');
    expect(intentOf(cardOf(1), { kind: 'status', id: 'assigned' }, mona)).toBeNull();
  });

  test('is changed only by who may work on it', () => {
    expect(intentOf(cardOf(1, { member: 'ada' }), { kind: 'status', id: 'done' }, ben)).toBeNull();
  });
});
