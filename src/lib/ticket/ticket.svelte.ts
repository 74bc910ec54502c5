import { createContext } from 'svelte';
import { z } from 'zod';
import type { Live } from '#lib/live/live.svelte.ts';
import type { Card, Frame } from '#lib/shared/board.ts';
import type { Attachment, Message } from '#lib/shared/conversation.ts';
import type { CommandInput } from '#lib/shared/commands.ts';
import type { Refusal } from '#lib/shared/errors.ts';
import type { OpenTicket } from '#lib/shared/opened.ts';
import { isEnded } from '#lib/shared/ticket.ts';
import { readPanel, Missing } from './read.ts';

export type Mode = 'public' | 'internal';

/** A message on its way: shown at once, until the conversation itself carries it. */
export type Posting = {
  id: string;
  mode: Mode;
  html: string;
  files: Pick<Attachment, 'id' | 'name' | 'size'>[];
};

const loose = z.object({
  files: z.array(z.object({ id: z.uuid(), name: z.string(), size: z.number(), type: z.string() })),
});
const returned = loose.extend({ html: z.string() });
export type Returned = z.infer<typeof returned>;

type Written = Pick<Posting, 'mode' | 'html' | 'files'> & {
  letter?: Pick<CommandInput<'message.post'>, 'occasion' | 'defer' | 'history'>;
};

/** One ticket, open on this screen: at once what the card knows, then everything, then whatever happens to it. */
export class TicketView {
  readonly number: number;
  readonly live: Live;
  state = $state<'loading' | 'ready' | 'missing' | 'failed'>('loading');
  opened = $state.raw<OpenTicket | null>(null);
  messages = $state.raw<Message[]>([]);
  files = $state.raw<Attachment[]>([]);
  hasEarlier = $state(false);
  posting = $state.raw<Posting[]>([]);
  /** A message that was taken back, or is to be written anew: its words and files go to the composer. */
  returned = $state.raw<Returned | null>(null);
  /** It is no longer on the screen: what is refused now is said wherever one is. */
  isLeft = false;
  /** Counts what happened to the ticket: the history reads anew. */
  changes = $state(0);
  #reading: Promise<void> | undefined;
  #again = false;
  #readTo = '';

  readonly card: Card | null = $derived.by(() => this.live.board.numbers.get(this.number) ?? this.opened?.card ?? null);
  readonly id = $derived(this.card?.id ?? null);
  readonly isEnded = $derived(this.card !== null && isEnded(this.card.status));
  readonly isMine = $derived.by(() => this.card?.member === this.live.me.id);
  /** A claim counts as soon as it is made; the server says so a moment later. */
  readonly mayWork = $derived(this.opened !== null && (this.opened.may.work || this.isMine));
  readonly mayClaim = $derived(this.opened?.may.claim === true && this.card?.member === null);
  readonly mayHandOver = $derived(this.opened?.may.handOver === true || this.isMine);

  constructor(live: Live, number: number) {
    this.live = live;
    this.number = number;
  }

  /** Reads everything anew; while a read is under way one more follows it. */
  async read(): Promise<void> {
    if (this.#reading) {
      this.#again = true;
      return this.#reading;
    }
    this.#reading = this.#read().finally(() => (this.#reading = undefined));
    await this.#reading;
    if (!this.#again) return;
    this.#again = false;
    await this.read();
  }

  hear(frame: Frame | null): void {
    if (frame?.type === 'ticket.read') return;
    if (frame?.card && this.opened) this.opened = { ...this.opened, card: frame.card };
    this.changes++;
    void this.read();
  }

  async readEarlier(): Promise<void> {
    const [oldest] = this.messages;
    if (!oldest) return;
    const { messages, hasEarlier } = await readPanel(this.live.workspace, this.number, oldest);
    this.messages = [...messages, ...this.messages];
    this.hasEarlier = hasEarlier;
  }

  /** Null when it was sent, else why not: then nothing of it is shown any more, and the writer gets his words back. */
  async post({ mode, html, files, letter = {} }: Written): Promise<Refusal | null> {
    if (!this.id) return { code: 'ticket.notFound', detail: {} };
    const id = crypto.randomUUID();
    this.posting = [...this.posting, { id, mode, html, files }];
    const kind: CommandInput<'message.post'>['kind'] = mode === 'public' ? 'message' : 'comment';
    const input = {
      ticket: this.id,
      message: id,
      kind,
      visibility: mode,
      html,
      files: files.map((file) => file.id),
      ...letter,
    };
    const answer = await this.live.send('message.post', input, { quiet: () => !this.isLeft });
    if (answer.ok) await this.read();
    this.posting = this.posting.filter((each) => each.id !== id);
    return answer.ok ? null : answer.error;
  }

  /** While its mail waits: everybody else never saw it, and the words come back to be written on. */
  async takeBack(message: string): Promise<void> {
    const answer = await this.live.send('message.takeBack', { message });
    if (!answer.ok) return;
    const back = returned.safeParse(answer.result);
    if (back.success) this.returned = back.data;
    await this.read();
  }

  /** The words of a mail that went wrong, and copies of its files: what was said stays as it is. */
  async writeAnew({ id, html, files }: Message): Promise<void> {
    const answer = files.length > 0 ? await this.live.send('file.copy', { message: id }) : null;
    const copies = loose.safeParse(answer?.ok ? answer.result : null);
    this.returned = { html, files: copies.success ? copies.data.files : [] };
  }

  /** Says how far this person has read, which is also that he looked. */
  markRead(): void {
    const card = this.card;
    if (!card || this.state !== 'ready') return;
    const latest = [card.created, card.lastMessage, card.lastCustomer].filter((at) => at !== null).sort();
    const at = latest.at(-1) ?? card.created;
    if (at === this.#readTo) return;
    this.#readTo = at;
    void this.live.send('ticket.read', { ticket: card.id, at }, { quiet: true });
  }

  async #read(): Promise<void> {
    try {
      const { ticket, messages, files, hasEarlier } = await readPanel(this.live.workspace, this.number);
      const [first] = messages;
      const older = first ? this.messages.filter((each) => isBefore(each, first)) : [];
      this.opened = ticket;
      this.messages = [...older, ...messages];
      this.files = files;
      if (older.length === 0) this.hasEarlier = hasEarlier;
      this.state = 'ready';
    } catch (error) {
      if (error instanceof Missing) this.state = 'missing';
      // What is on the screen stays: the page says that it is offline, and reads anew when it is back.
      else if (!this.opened) this.state = 'failed';
    }
  }
}

function isBefore(a: Message, b: Message): boolean {
  return a.at < b.at || (a.at === b.at && a.id < b.id);
}

export const [getTicket, setTicket] = createContext<TicketView>();
