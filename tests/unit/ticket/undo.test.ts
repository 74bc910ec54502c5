import { render } from 'svelte/server';
import { afterEach, expect, test, vi } from 'vitest';
import { m } from '#lib/i18n/paraglide/messages.js';
import { setClock } from '#lib/ui/clock.ts';

vi.mock('#lib/ticket/ticket.svelte.ts', () => ({ getTicket: () => ({}) }));
const { default: Undo } = await import('#lib/ticket/Undo.svelte');

const present = Date.parse('2026-03-02T10:00:00Z');

afterEach(() => vi.useRealTimers());

test('a device whose clock is wrong is offered to take a message back for the same seconds', () => {
  const until = new Date(present + 12_000).toISOString();
  for (const wrongBy of [0, 60_000, -60_000]) {
    vi.useFakeTimers({ toFake: ['Date'], now: present + wrongBy });
    setClock(present);
    const { body } = render(Undo, { props: { message: 'one', until } });
    expect(body).toContain(m.sending_mail_leaves({ seconds: 12 }));
    expect(body).toContain(m.common_undo());
  }
});
