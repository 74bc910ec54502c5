import { paragraphs } from '#lib/board/paragraphs.ts';
import type { FilledBlock } from './blocks.ts';
import { asMember } from '#server/database/actor.ts';
import { sampleLetter } from '#server/domain/outgoing/sample.ts';
import { textBlocks } from '#server/domain/text-blocks.ts';
import { filled } from '#server/letters/template.ts';
import { wordsOf } from '#server/letters/ticket.ts';

type Member = NonNullable<App.Locals['member']>;

/** Text blocks as they would stand in an answer on this ticket, in its customer's language where a block speaks it. */
export async function filledBlocks(member: Member, number: number): Promise<FilledBlock[]> {
  const who = { workspaceId: member.workspaceId, memberId: member.id };
  const [blocks, sample] = await asMember(
    who,
    (tx) => Promise.all([textBlocks(tx), sampleLetter(tx, { number, occasion: 'message' })]),
    { readOnly: true },
  );
  const { language, company, recipient, ticket, author } = sample;
  const values = wordsOf({ ticket, agent: author }, { language, company, recipient });
  return blocks.map(({ id, folder, name, de, en, isMine }) => {
    const body = language === 'de' ? de || en : en || de;
    return { id, folder, name, isMine, html: paragraphs(filled(body, values)) };
  });
}
