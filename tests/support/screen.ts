import { expect } from 'vitest';
import { apply, boardFrom, type Board, type Frame } from '#lib/shared/board.ts';
import { snapshot } from '#server/domain/board.ts';
import type { Member } from './cast.ts';
import { openBoard, type Desk, type Page } from './live.ts';

/** What a page does with what it is sent: apply it, and load anew after a change of its rights. */
export class Screen {
  readonly member: Member;
  readonly page: Page;
  board: Board;
  #taken = 0;

  private constructor(member: Member, page: Page, board: Board) {
    this.member = member;
    this.page = page;
    this.board = board;
  }

  static async open(desk: Desk, member: Member): Promise<Screen> {
    const page = await openBoard(desk, member);
    return new Screen(member, page, boardFrom(await snapshot(member)));
  }

  async take(): Promise<Frame[]> {
    const frames = this.page.frames.slice(this.#taken);
    this.#taken = this.page.frames.length;
    for (const frame of frames) apply(this.board, frame);
    if (frames.some((frame) => frame.type === 'access.changed')) this.board = boardFrom(await snapshot(this.member));
    return frames;
  }

  async expectFresh(what: string): Promise<void> {
    const fresh = boardFrom(await snapshot(this.member));
    expect(cardsOf(this.board), what).toEqual(cardsOf(fresh));
    expect(readsOf(this.board), what).toEqual(readsOf(fresh));
  }
}

const cardsOf = ({ cards }: Board) => Object.fromEntries([...cards].toSorted(([a], [b]) => (a < b ? -1 : 1)));
const readsOf = ({ cards, reads }: Board) =>
  Object.fromEntries([...cards.keys()].toSorted().map((id) => [id, reads.get(id)]));
