import { createContext } from 'svelte';
import { SvelteSet } from 'svelte/reactivity';
import type { Live } from '#lib/live/live.svelte.ts';
import { readAnew } from '#lib/live/read-anew.ts';
import { sentenceOf } from '#lib/live/refusals.ts';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { Frame } from '#lib/shared/board.ts';
import type { Refusal } from '#lib/shared/errors.ts';
import type { Toasts } from '#lib/ui/toasts.svelte.ts';
import { inboxKey } from './key.ts';
import type { Letter } from './letter.ts';
import { decisionWords } from './words.ts';

export type Line = { id: string; subject: string };
type Named = { id: string; name: string };
export type Deed = 'mail.archive' | 'mail.ignore';

/** The inbox on one screen: what it lists, and what one does with it. What is true stands in the page's data. */
export class Inbox {
  readonly live: Live;
  readonly #toasts: Toasts;
  /** What the list shows, in its order. */
  mails = $state.raw<Line[]>([]);
  /** What one decided about oneself: off the list at once, before the server has answered. */
  readonly gone = new SvelteSet<string>();
  /** The mail that is shown whole. */
  letter = $state.raw<Letter | null>(null);
  /** What one makes of a mail, in a dialog that opens as soon as the mail is there. */
  doing = $state.raw<{ mail: string; what: 'ticket' | 'attach' } | null>(null);
  people = $state.raw<Named[]>([]);
  /** Leads to a mail of the list, or to the list alone. */
  show: (mail: string | null) => Promise<void> = async () => {};
  /** Whether one is in the inbox and not on the way out of it; with a mail, whether at that or on the way to it. */
  isAt: (mail?: string) => boolean = () => false;
  /** Makes a rule of a mail that was ignored; only where one may. */
  makeRule: ((mail: string) => void) | null = null;

  constructor(live: Live, toasts: Toasts) {
    this.live = live;
    this.#toasts = toasts;
  }

  nameOf(member: string | null): string {
    return this.people.find(({ id }) => id === member)?.name ?? m.errors_somebody();
  }

  sentenceOf(refusal: Refusal): string {
    return sentenceOf(refusal, (member) => this.people.find(({ id }) => id === member)?.name);
  }

  /** The one below, else the one above. */
  neighbour(mail: string): string | null {
    const at = this.mails.findIndex(({ id }) => id === mail);
    return at < 0 ? null : ((this.mails[at + 1] ?? this.mails[at - 1])?.id ?? null);
  }

  step(from: string | null, by: 1 | -1): void {
    const at = this.mails.findIndex(({ id }) => id === from);
    const next = at < 0 ? this.mails[0] : this.mails[at + by];
    if (next) void this.show(next.id);
  }

  /** Out of the inbox and on to the next; what made nothing can be taken back, and what is refused comes back by itself. */
  async end(mail: Line, deed: Deed): Promise<void> {
    if (this.gone.has(mail.id)) return;
    this.#pass(mail.id);
    const answer = await this.live.send(deed, { mail: mail.id }, { quiet: true });
    if (!answer.ok) {
      this.gone.delete(mail.id);
      return this.refuse(answer.error);
    }
    void readAnew(inboxKey);
    const text = deed === 'mail.archive' ? m.inbox_archived(mail) : m.inbox_ignored(mail);
    const { makeRule } = this;
    this.#toasts.show({
      text,
      key: 'inbox',
      action: { label: m.common_undo(), run: () => void this.restore(mail.id) },
    });
    if (deed === 'mail.ignore' && makeRule)
      this.#toasts.show({
        text: m.inbox_rule_offer(),
        key: 'inbox.rule',
        action: { label: m.inbox_rule_make(), run: () => makeRule(mail.id) },
      });
  }

  async restore(mail: string): Promise<void> {
    const wasHere = this.isAt();
    const answer = await this.live.send('mail.restore', { mail }, { quiet: true });
    if (!answer.ok) return this.refuse(answer.error);
    this.gone.delete(mail);
    await readAnew(inboxKey);
    // Who left meanwhile wants to be elsewhere.
    if (this.isAt() === wasHere) void this.show(mail);
  }

  /** The mail went: by one's own hand the next one is shown, unless one has gone on already. */
  async leave(mail: string): Promise<void> {
    if (this.isAt(mail)) await this.#pass(mail);
    else this.gone.add(mail);
    await readAnew(inboxKey);
  }

  #pass(mail: string): Promise<void> {
    const next = this.neighbour(mail);
    this.gone.add(mail);
    return this.show(next);
  }

  say(text: string, action?: { label: string; run: () => void }): void {
    this.#toasts.show({ text, key: 'inbox', ...(action ? { action } : {}) });
  }

  /** A race is news; who lost it sees at once what is true. */
  refuse(refusal: Refusal): void {
    const isRace = refusal.code === 'mail.taken' || refusal.code === 'mail.decided';
    this.#toasts.show({ text: this.sentenceOf(refusal), tone: isRace ? 'notice' : 'problem' });
    void readAnew(inboxKey);
  }

  /** A colleague decided about something that is listed here: it goes, and who did it is said. `null`: anything may have happened. */
  hear(frame: Frame | null): void {
    if (!frame) return this.gone.clear();
    if (frame.type === 'mail.returned') this.gone.delete(String(frame.data['mail']));
    if (frame.type !== 'mail.decided' || frame.actor.id === this.live.me.id) return;
    const mail = this.mails.find(({ id }) => id === frame.data['mail']);
    const words = decisionWords[String(frame.data['as'])];
    if (mail && words) this.say(words({ name: this.nameOf(frame.actor.id), subject: subjectOf(mail) }));
  }
}

export function subjectOf({ subject }: { subject: string }): string {
  return subject || m.admin_no_subject();
}

/** A server is asked so often at most, however much mail comes. */
const restMs = 400;

/** Lets every page that shows the inbox or counts it read anew when something of it changed. Returns how to end. */
export function followInbox(live: Live): () => void {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stop = live.onNews((frame) => {
    if (frame && !/^(mail\.(arrived|taken|letGo|decided|returned)|account\.changed)$/.test(frame.type)) return;
    timer ??= setTimeout(() => {
      timer = undefined;
      void readAnew(inboxKey);
    }, restMs);
  });
  return () => {
    clearTimeout(timer);
    stop();
  };
}

export const [getInbox, setInbox] = createContext<Inbox>();
