import type { Status } from './ticket.ts';

/** A ticket that the search of all tickets found, by the newest of what matches in it. */
export type Hit = {
  number: number;
  subject: string;
  customer: string;
  status: Status;
  /** When that was written. */
  at: string;
  where: 'ticket' | 'message' | 'file';
  /** It stands in an internal comment, or in a file of one. */
  isInternal: boolean;
  /** Some words around what matches, which lies between `marks`; of a file its name. */
  text: string;
};

/** Where a page of hits ends; microseconds, as PostgreSQL orders by them. */
export type SearchPlace = { at: string; id: number };

/** `next` is null where nothing more is found. A page may be short and yet have a next one. */
export type Found = { hits: Hit[]; next: SearchPlace | null };

export const searchLength = 200;

/** No text that anybody types has these. */
export const marks = { begin: '\u0002', end: '\u0003' };

/** The pieces of a hit's text, and which of them match. */
export function piecesOf(text: string): { text: string; matches: boolean }[] {
  return text
    .split(marks.begin)
    .flatMap((piece, index) => {
      if (index === 0) return [{ text: piece, matches: false }];
      const [match = '', ...rest] = piece.split(marks.end);
      return [
        { text: match, matches: true },
        { text: rest.join(''), matches: false },
      ];
    })
    .filter((piece) => piece.text !== '');
}
