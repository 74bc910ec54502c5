/* eslint-disable svelte/prefer-svelte-reactivity -- who is open, which no template reads */
import { Attachments } from '#lib/files/attachments.svelte.ts';
import type { Refusal } from '#lib/shared/errors.ts';
import { keepBefore, loadDraft, saveDraft, sweepDrafts, type Draft } from './drafts.ts';
import type { Mode, Returned, TicketView } from './ticket.svelte.ts';

/** Those on the screen, by ticket: words come back to where one can see them. */
const open = new Map<string, Composition>();

/** What is being written on a ticket: one text for the customer and one for the team, each kept until it is sent. */
export class Composition {
  mode = $state<Mode>('public');
  html = $state('');
  /** What the text for the customer is written for; asking may put the ticket aside. */
  asks = $state(false);
  defers = $state(true);
  refusal = $state.raw<Refusal | null>(null);
  /** Rises when the text came from elsewhere than the keyboard: the field begins anew with it. */
  round = $state(0);
  focused = $state(false);
  /** False where the browser keeps nothing: then leaving asks first. */
  isKept = true;
  readonly attachments: Attachments;
  readonly ticket: string;
  #view: TicketView;
  #toldAt = 0;

  readonly isAllowed = $derived.by(() => {
    if (!this.#view.mayWork) return false;
    if (this.mode === 'internal') return true;
    return !this.#view.isEnded && this.#view.card?.visibility === 'public';
  });
  readonly isReady = $derived.by(() => {
    const { ready, isBusy } = this.attachments;
    return (this.html !== '' || ready.length > 0) && !isBusy && this.isAllowed;
  });

  constructor(view: TicketView, ticket: string) {
    this.#view = view;
    this.ticket = ticket;
    this.attachments = new Attachments(() => `/${view.live.workspace}/tickets/${view.number}/files`);
    sweepDrafts();
    this.mode = view.card?.visibility === 'internal' || view.isEnded ? 'internal' : 'public';
    this.#resume();
    open.set(ticket, this);
  }

  /** Between the two texts nothing moves over: what was meant for the team cannot end up with a customer. */
  choose(mode: Mode, { asks = false } = {}): void {
    this.focused = true;
    this.asks = asks;
    if (mode === this.mode) return void this.round++;
    this.keep();
    this.#tell(null);
    this.mode = mode;
    this.#resume();
  }

  type(html: string): void {
    if (html === this.html) return;
    this.html = html;
    this.refusal = null;
    this.keep();
    this.#tell(html ? this.mode : null);
  }

  keep(): void {
    this.isKept = saveDraft(this.ticket, this.mode, { html: this.html, files: this.attachments.ready });
  }

  /** A file was taken out again: it goes from the ticket too. */
  forget(file: string | null): void {
    this.keep();
    if (file) void this.#view.live.send('file.remove', { file }, { quiet: true });
  }

  async send(): Promise<boolean> {
    if (!this.isReady) return false;
    const { mode, html } = this;
    const letter = mode === 'public' && this.asks ? { occasion: 'question' as const, defer: this.defers } : {};
    const files = this.attachments.ready;
    this.html = '';
    this.attachments.clear();
    this.#begin();
    this.#tell(null);
    const refusal = await this.#view.post({ mode, html, files, letter });
    if (!refusal) {
      // The next words are an answer again.
      this.asks = false;
      return true;
    }
    // Somebody may have gone on writing meanwhile, or to another ticket and back: both texts stay, and what was wrong is said.
    const shown = open.get(this.ticket);
    if (shown?.mode === mode) shown.#begin({ html, files });
    else keepBefore(this.ticket, mode, { html, files });
    if (shown) shown.refusal = refusal;
    return false;
  }

  /** Before what was begun meanwhile: nothing typed is lost. */
  resume(back: Returned): void {
    this.choose('public');
    this.#begin(back);
  }

  stop(): void {
    if (open.get(this.ticket) === this) open.delete(this.ticket);
    this.keep();
    this.#tell(null);
  }

  #resume(): void {
    const draft = loadDraft(this.ticket, this.mode);
    this.html = draft?.html ?? '';
    this.refusal = null;
    this.attachments.resume(draft?.files ?? []);
  }

  #begin(before: Draft = { html: '', files: [] }): void {
    this.html = before.html + this.html;
    this.attachments.takeBack(before.files);
    this.keep();
    this.focused = true;
    this.round++;
  }

  #tell(where: Mode | null): void {
    const now = Date.now();
    if (where && now - this.#toldAt < 3_000) return;
    if (!where && this.#toldAt === 0) return;
    this.#toldAt = where ? now : 0;
    this.#view.live.connection.type(this.ticket, where);
  }
}
