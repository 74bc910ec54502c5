import { blockPlaceholders, type BlockPlaceholder, type WordPlaceholder } from '#lib/shared/templates.ts';
import type { Block } from './blocks.ts';

// A template is plain text: paragraphs with placeholders, `# ` before a heading, what follows a line `---` at the foot of
// the mail. Nothing in it is run, and what a placeholder brings is looked at for no other: a value is never a template.

type Piece = { kind: 'paragraph' | 'heading' | 'note'; text: string } | { kind: 'slot'; name: BlockPlaceholder };

export type Filling = {
  values: Record<WordPlaceholder, string>;
  slots: Record<BlockPlaceholder, Block[]>;
  /** The agent greeted, or said goodbye, in his own words: nobody is greeted twice. */
  greets: boolean;
  takesLeave: boolean;
};

/** The blocks of a mail. Values are plain text and are escaped where blocks are drawn; slots are made safe before. */
export function blocksFrom(body: string, filling: Filling): Block[] {
  const pieces = piecesOf(body);
  const blocks = pieces.flatMap((piece, index) => (isLeftOut(pieces, index, filling) ? [] : drawn(piece, filling)));
  // A template that forgot the list of files must not hide that there are any.
  const hasList = pieces.some((piece) => piece.kind === 'slot' && piece.name === 'files');
  return hasList ? blocks : [...blocks, ...filling.slots.files];
}

function piecesOf(body: string): Piece[] {
  const [above = '', ...below] = body.replace(/\r\n?/g, '\n').split(/^-{3,}[ \t]*$/m);
  const notes = below
    .join('\n')
    .split('\n')
    .map((line) => line.trim())
    .filter(Boolean);
  return [...above.split(/\n[ \t]*\n/).flatMap(partsOf), ...notes.map((text): Piece => ({ kind: 'note', text }))];
}

/** A paragraph ends where a heading or a block begins. */
function partsOf(paragraph: string): Piece[] {
  const pieces: Piece[] = [];
  for (const line of paragraph.split('\n').map((each) => each.trimEnd())) {
    const slot = blockPlaceholders.find((name) => line.trim() === `{${name}}`);
    const last = pieces.at(-1);
    if (slot) pieces.push({ kind: 'slot', name: slot });
    else if (line.startsWith('# ')) pieces.push({ kind: 'heading', text: line.slice(2) });
    else if (last?.kind === 'paragraph') last.text += `\n${line}`;
    else if (line.trim()) pieces.push({ kind: 'paragraph', text: line });
  }
  return pieces;
}

const greeting = /^\s*\{(?:salutation|greeting)\}\s*$/;
const leave =
  /^\s*(?:mit )?(?:freundliche|beste|herzliche|viele|liebe)\p{L}* gr(?:u|ü)(?:ß|ss)|^\s*(?:kind |best |warm )?regards|^\s*(?:yours )?sincerely/iu;

function isLeftOut(pieces: Piece[], index: number, { slots, greets, takesLeave }: Filling): boolean {
  const [piece, before, after] = [pieces[index], pieces[index - 1], pieces[index + 1]];
  if (piece?.kind === 'heading') return after?.kind === 'slot' && slots[after.name].length === 0;
  if (piece?.kind !== 'paragraph') return false;
  if (greets && greeting.test(piece.text)) return true;
  return takesLeave && leave.test(piece.text) && before?.kind === 'slot' && before.name === 'text';
}

function drawn(piece: Piece, { values, slots }: Filling): Block[] {
  if (piece.kind === 'slot') return slots[piece.name];
  const text = filled(piece.text, values);
  return text ? [{ kind: piece.kind, text }] : [];
}

/** A line of nothing but placeholders that stayed empty goes. */
export function filled(text: string, values: Record<string, string>): string {
  const lines = text.split('\n').flatMap((line) => {
    let isEmpty = true;
    const written = line.replace(/\{(\w+)\}/g, (_, name: string) => {
      const value = values[name] ?? '';
      if (value) isEmpty = false;
      return value;
    });
    const isBare = !/[\p{L}\p{N}]/u.test(line.replace(/\{\w+\}/g, ''));
    return written !== line && isEmpty && isBare ? [] : [written];
  });
  return lines.join('\n').trim();
}
