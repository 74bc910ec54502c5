import type { LedgerRow } from '#server/domain/feed.ts';
import * as notes from '#server/domain/notes.ts';
import type { Bus } from '../bus.ts';
import type { Feed } from '../feed.ts';
import { Editor, type Guest } from './editor.ts';
import { closes } from './limits.ts';
import { Note, type Address } from './note.ts';
import { messages } from './protocol.ts';
import { receive } from './receive.ts';
import { recheck } from './recheck.ts';

type Page = { key: string; note: Promise<Note>; guests: number };

/** What may change who sees or edits the notes of a ticket. */
const changesOfTicket = /^ticket\.(left|claimed|released|assigned|moved|supported|unsupported)$/;
const changesOfAll = /^(access|pool)\.changed$/;

/** An empty word about cursors: y-websocket takes 30 s of silence for a dead line. */
const quiet = messages.cursors(new Uint8Array([0]));

/** The notes that are open in this process. */
export class NoteBook {
  readonly #feed: Feed;
  readonly #pages = new Map<string, Page>();
  readonly #closing = new Map<string, Promise<void>>();

  readonly #bus: Bus | null;

  constructor(feed: Feed, bus: Bus | null) {
    this.#feed = feed;
    this.#bus = bus;
    feed.observe((workspaceId, row) => this.#observe(workspaceId, row));
  }

  async seat(address: Address, guest: Guest): Promise<void> {
    const held = await this.#feed.hold(address.workspaceId);
    const page = this.#pageAt(address);
    const { socket } = guest;
    page.guests++;
    const go = once(() => {
      held.release();
      if (--page.guests === 0) this.#close(page);
    });
    const note = await page.note.catch((error: unknown) => {
      go();
      throw error;
    });
    if (socket.readyState !== socket.OPEN) return go();
    const editor = new Editor(guest);
    socket.once('close', () => {
      note.leave(editor);
      go();
    });
    note.enter(editor);
    socket.on('message', (data: Buffer, isBinary: boolean) => {
      if (!isBinary) return socket.close(closes.badFrame, 'bad.input');
      receive(note, editor, data);
    });
    // What changed while this page came in.
    await recheck(note, [editor]);
  }

  heard(word: string): void {
    const [ticketId = '', generation = '', seq = ''] = word.split(' ');
    void this.#pages.get(`${ticketId} ${generation}`)?.note.then((note) => note.heard(Number(seq)), ignore);
  }

  /** A wake-up can be lost: with the connection that listens, or with a process that died between storing and telling. */
  async poll(): Promise<void> {
    const open = await Promise.all([...this.#pages.values()].map(({ note }) => note.catch(() => null)));
    const known = open.filter((note) => note !== null);
    if (known.length === 0) return;
    const seqs = await notes.lastSeqs(known.map(({ address }) => address.ticketId));
    for (const note of known) {
      const { ticketId, generation } = note.address;
      note.heard(seqs.get(`${ticketId} ${generation}`) ?? 0);
    }
  }

  keepAlive(): void {
    for (const { note } of this.#pages.values()) void note.then((open) => open.sendOthers(quiet, null), ignore);
  }

  async close(): Promise<void> {
    for (const page of this.#pages.values()) this.#close(page);
    await Promise.all(this.#closing.values());
  }

  #pageAt(address: Address): Page {
    const key = keyOf(address);
    const known = this.#pages.get(key);
    if (known) return known;
    // Whoever comes back while the last one's text is still being stored must find it.
    const note = Promise.resolve(this.#closing.get(key)).then(() => Note.open(address, this.#bus));
    const page = { key, note, guests: 0 };
    this.#pages.set(key, page);
    return page;
  }

  #close(page: Page): void {
    if (this.#pages.get(page.key) !== page) return;
    this.#pages.delete(page.key);
    const closing = page.note.then((note) => note.close(), ignore).finally(() => this.#closing.delete(page.key));
    this.#closing.set(page.key, closing);
  }

  #observe(workspaceId: string, { type, ticketId }: LedgerRow): void {
    const all = changesOfAll.test(type);
    if (!all && !changesOfTicket.test(type)) return;
    for (const { note } of this.#pages.values()) {
      void note.then((open) => {
        const isIt = open.address.workspaceId === workspaceId && (all || open.address.ticketId === ticketId);
        if (isIt) void recheck(open, [...open.editors]);
      }, ignore);
    }
  }
}

/** A page that could not be opened was told to who opened it. */
function ignore(): void {}

function once(work: () => void): () => void {
  let isDone = false;
  return () => {
    if (!isDone) work();
    isDone = true;
  };
}

function keyOf({ ticketId, generation }: Address): string {
  return `${ticketId} ${generation}`;
}
