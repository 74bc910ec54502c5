import { apply, boardFrom, follows, missedSince, positionAt, type Board, type Frame } from '#lib/shared/board.ts';
import { snapshot } from '#server/domain/board.ts';
import type { Member } from './cast.ts';
import type { Page } from './live.ts';

/** A board as a browser keeps it (src/lib/live/connection.svelte.ts), which counts what one connection was sent twice. */
export class Viewer {
  readonly page: Page;
  readonly member: Member;
  board: Board;
  /** Everything up to here is known. */
  cursor: number;
  readonly doubled: number[] = [];
  reloads = 0;
  readonly #sent = new Set<number>();
  #position = positionAt(0, []);
  #catching: Promise<void> | undefined;
  #held: Frame[] = [];

  private constructor(page: Page, member: Member, board: Board) {
    this.page = page;
    this.member = member;
    this.board = board;
    this.cursor = board.seq;
    page.socket.on('disconnect', () => this.#sent.clear());
    page.socket.on('ready', () => this.#catchUp(this.cursor));
    page.socket.on('event', (frame) => this.#hear(frame));
  }

  static async open(page: Page, member: Member): Promise<Viewer> {
    const viewer = new Viewer(page, member, boardFrom(await snapshot(member)));
    viewer.#catchUp(viewer.cursor);
    await viewer.#catching;
    return viewer;
  }

  /** Resolves once everything up to `seq` is here. */
  async upTo(seq: number): Promise<void> {
    while (this.cursor < seq || this.#catching) {
      this.#catchUp(this.cursor);
      await this.#catching;
    }
  }

  #hear(frame: Frame): void {
    if (this.#sent.has(frame.seq)) this.doubled.push(frame.seq);
    this.#sent.add(frame.seq);
    if (this.#catching) return void this.#held.push(frame);
    if (follows(this.#position, frame)) return void apply(this.board, frame);
    this.#held.push(frame);
    this.#catchUp(missedSince(this.#position, frame.prev) ?? this.cursor);
  }

  #catchUp(cursor: number): void {
    this.#catching ??= this.#ask(cursor).finally(() => (this.#catching = undefined));
  }

  async #ask(cursor: number): Promise<void> {
    const rooms = await this.page.until(() => this.page.socket.connected && this.page.readys.at(-1)?.rooms, 'rooms');
    const answer = await Promise.race([this.page.catchUp(cursor), lost(this.page)]);
    // It comes back, and `ready` asks again.
    if (answer === null) return;
    if ('snapshot' in answer) {
      this.reloads++;
      this.board = boardFrom(await snapshot(this.member));
      this.cursor = this.board.seq;
    } else {
      for (const frame of answer.frames) apply(this.board, frame);
      this.cursor = Math.max(this.cursor, answer.seq);
    }
    const reached = this.cursor;
    this.#position = positionAt(reached, rooms);
    const later = this.#held.splice(0).filter(({ seq }) => seq > reached);
    for (const frame of later.sort((a, b) => a.seq - b.seq)) {
      follows(this.#position, frame);
      apply(this.board, frame);
    }
  }
}

function lost(page: Page): Promise<null> {
  return new Promise((resolve) => page.socket.once('disconnect', () => resolve(null)));
}
