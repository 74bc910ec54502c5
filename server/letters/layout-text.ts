import { webAddress, type Block, type MailDesign } from './blocks.ts';
import { separatorText } from './above.ts';

/** The text part: what a screen reader or a plain program shows, with every link spelled out. */
export function layOutText({ separator, blocks, company }: MailDesign): string {
  const above = separator ? [`## ${separator.text} ## ${separatorText(separator.token)}`] : [];
  const notes = blocks.filter((block) => block.kind === 'note');
  const body = blocks.filter((block) => block.kind !== 'note');
  const foot = ['---', ...notes.map((note) => note.text), company].join('\n');
  return `${[...above, ...body.map(drawn), foot].join('\n\n')}\n`.replace(/\n{3,}/g, '\n\n');
}

function drawn(block: Block): string {
  switch (block.kind) {
    case 'button':
      return `${block.label}:\n${webAddress(block.url)}`;
    case 'heading':
      return `${block.text}\n${'-'.repeat(Math.min(60, block.text.length))}`;
    case 'entry':
      return `${block.author}, ${block.at}\n${indented(block.text)}`;
    case 'list':
      return `${block.title}:\n${block.items.map((item) => `- ${item}`).join('\n')}`;
    case 'paragraph':
    case 'rich':
    case 'note':
      return block.text;
  }
}

/** Not with ">": programs would take our own history for a quote of theirs. */
function indented(text: string): string {
  return text.replace(/^(?=.)/gm, '    ');
}
