import type { WebSocket } from 'ws';
import * as Y from 'yjs';
import { AppError } from '#lib/shared/errors.ts';
import * as notes from '#server/domain/notes.ts';
import { reportUnexpected } from '#server/log.ts';
import type { Bus } from '../bus.ts';
import { shareCursors, type CursorSharing } from './cursor-sharing.ts';
import { Cursors } from './cursors.ts';
import type { Editor } from './editor.ts';
import { batchMs, bytesToFold, closes, documentBytes, editingMs, updateBytes, updatesToFold } from './limits.ts';
import { messages } from './protocol.ts';

export type Address = { workspaceId: string; ticketId: string; generation: number };

/** The state vector of an empty document. */
const nothing = new Uint8Array([0]);

/**
 * The shared notes of one ticket. An update is stored first and sent to the other editors afterwards: what anybody has seen of
 * somebody else survives a kill, and what was not stored yet its author's browser still has and sends again.
 */
export class Note {
  readonly address: Address;
  readonly editors = new Set<Editor>();
  readonly cursors = new Cursors<WebSocket>();
  readonly #doc = new Y.Doc();
  #seq = 0;
  /** What the snapshot and the updates since then take. */
  #bytes = 0;
  #unfolded = { updates: 0, bytes: 0 };
  readonly #waiting = new Map<Editor, Uint8Array[]>();
  readonly #told = new Map<string, number>();
  #sharing: CursorSharing | null = null;
  #isClosed = false;
  #timer: NodeJS.Timeout | undefined;
  /** One after the other: storing, reading what others stored, folding. */
  #last: Promise<unknown> = Promise.resolve();

  private constructor(address: Address) {
    this.address = address;
  }

  /** @param bus by which cursors reach other processes, where there are any */
  static async open(address: Address, bus: Bus | null): Promise<Note> {
    const note = new Note(address);
    await note.#readNew();
    note.#sharing = bus && shareCursors(bus, note);
    return note;
  }

  enter(editor: Editor): void {
    this.editors.add(editor);
  }

  leave(editor: Editor): void {
    this.editors.delete(editor);
    const gone = this.cursors.leave(editor.socket);
    if (gone) this.tellCursors(gone, null);
  }

  /** To the others here, and through the bus to those elsewhere. */
  tellCursors(bytes: Uint8Array, except: Editor | null): void {
    this.sendOthers(messages.cursors(bytes), except);
    this.#sharing?.tell(bytes);
  }

  answer(editor: Editor, vector: Uint8Array): void {
    // Asked while his rights are read: he is sent everything afterwards.
    if (editor.isHeld()) editor.hasMissed = true;
    else editor.send(messages.missing(this.#doc, vector));
  }

  /** He may read: what he needs to follow from here on. */
  resume(editor: Editor): void {
    const { isNew, hasMissed, mayWork } = editor;
    editor.isNew = false;
    editor.hasMissed = false;
    if (isNew) editor.send(messages.state(this.#doc));
    if (hasMissed) editor.send(messages.missing(this.#doc, nothing));
    if (isNew || hasMissed) editor.send(messages.cursors(this.cursors.all()));
    if (isNew && !mayWork) editor.send(messages.readOnly());
  }

  /**
   * Takes an update in, to be stored and then sent to the others. Of an answer only what is new counts.
   */
  take(editor: Editor, update: Uint8Array, { isAnswer }: { isAnswer: boolean }): void {
    if (this.#isClosed || (isAnswer && !this.#isNews(update))) return;
    const size = update.length + (this.#waiting.get(editor)?.reduce((sum, one) => sum + one.length, 0) ?? 0);
    if (size > updateBytes || this.#bytes + size > documentBytes) {
      return editor.socket.close(closes.tooLarge, 'note.tooLarge');
    }
    this.#waiting.set(editor, [...(this.#waiting.get(editor) ?? []), update]);
    this.#timer ??= setTimeout(() => {
      this.#timer = undefined;
      void this.flush();
    }, batchMs);
  }

  /** Stores what waits. */
  flush(): Promise<void> {
    return this.#inTurn(async () => {
      const waiting = [...this.#waiting];
      this.#waiting.clear();
      for (const [editor, updates] of waiting) await this.#store(editor, updates);
      const { updates, bytes } = this.#unfolded;
      if (updates >= updatesToFold || bytes >= bytesToFold) await this.#fold();
    });
  }

  /** Another process stored something. */
  heard(seq: number): void {
    if (seq > this.#seq) void this.#inTurn(() => (seq > this.#seq ? this.#readNew() : Promise.resolve()));
  }

  /** The last editor left: everything into the snapshot. */
  async close(): Promise<void> {
    this.#isClosed = true;
    clearTimeout(this.#timer);
    this.#sharing?.stop();
    await this.flush();
    await this.#inTurn(() => (this.#unfolded.updates > 0 ? this.#fold() : Promise.resolve()));
    this.#doc.destroy();
  }

  sendOthers(message: Uint8Array, except: Editor | null): void {
    for (const editor of this.editors) if (editor !== except) editor.send(message);
  }

  async #store(editor: Editor, updates: Uint8Array[]): Promise<void> {
    const { memberId, socket } = editor;
    const tell = Date.now() - (this.#told.get(memberId) ?? 0) > editingMs;
    try {
      const bytes = Y.mergeUpdates(updates);
      const seq = await notes.append({ ...this.address, memberId, bytes, tell });
      if (tell) this.#told.set(memberId, Date.now());
      if (seq > this.#seq + 1) return await this.#readNew();
      this.#seq = seq;
      this.#apply(bytes, editor);
    } catch (error) {
      if (error instanceof AppError && error.code === 'note.generation') socket.close(closes.oldGeneration, error.code);
      else if (error instanceof AppError) socket.close(closes.forbidden, error.code);
      else {
        reportUnexpected(error, { part: 'notes' });
        // His browser keeps the text and sends it when it is back.
        socket.close(closes.again, 'unexpected');
      }
    }
  }

  async #readNew(): Promise<void> {
    const { seq, updates, startsWithSnapshot } = await notes.updatesAfter(this.address, this.#seq);
    for (const [index, update] of updates.entries()) {
      this.#apply(update, null);
      // All before it is in it, also what was known here already.
      if (startsWithSnapshot && index === 0) this.#folded(update.length);
    }
    this.#seq = Math.max(this.#seq, seq);
  }

  #apply(update: Uint8Array, author: Editor | null): void {
    try {
      Y.applyUpdate(this.#doc, update);
    } catch (error) {
      // One that fits nowhere must not keep the rest from being read.
      reportUnexpected(error, { part: 'notes', ticketId: this.address.ticketId });
      return;
    }
    this.#bytes += update.length;
    this.#unfolded.updates++;
    this.#unfolded.bytes += update.length;
    this.sendOthers(messages.update(update), author);
  }

  async #fold(): Promise<void> {
    const snapshot = Y.encodeStateAsUpdate(this.#doc);
    if (await notes.compact(this.address, { seq: this.#seq, snapshot })) this.#folded(snapshot.length);
  }

  #folded(bytes: number): void {
    this.#bytes = bytes;
    this.#unfolded = { updates: 0, bytes: 0 };
  }

  /** Whether an answer adds anything: it always repeats all deletions, also those long known. */
  #isNews(update: Uint8Array): boolean {
    return !Y.snapshotContainsUpdate(Y.snapshot(this.#doc), update);
  }

  #inTurn(work: () => Promise<void>): Promise<void> {
    const turn = this.#last.then(work);
    const settled = turn.catch((error: unknown) => void reportUnexpected(error, { part: 'notes' }));
    this.#last = settled;
    return settled;
  }
}
