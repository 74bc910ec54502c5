import type { Editor } from '#lib/ticket/editor.ts';

/** A slash at the beginning of a word, and what was typed after it up to the caret. */
export type Slash = { from: number; to: number; text: string };

export function slashAt(editor: Editor): Slash | null {
  const { empty, $from: caret } = editor.state.selection;
  if (!empty || !caret.parent.isTextblock) return null;
  const before = caret.parent.textBetween(0, caret.parentOffset, undefined, '\uFFFC');
  const text = /(?:^|\s)\/([^\s/]{0,30})$/.exec(before)?.[1];
  return text === undefined ? null : { from: caret.pos - text.length - 1, to: caret.pos, text };
}

/** Puts a block where the caret is, or in the place of what was typed to find it. */
export function insertBlock(editor: Editor, html: string, slash: Slash | null): void {
  const chain = editor.chain().focus();
  if (slash) chain.deleteRange({ from: slash.from, to: slash.to });
  // One paragraph goes on within the line; several come as paragraphs.
  const [, single] = /^<p>((?:(?!<\/?p>).)*)<\/p>$/s.exec(html) ?? [];
  chain.insertContent(single ?? html).run();
}
