import { expect, test } from 'vitest';
import { asMember } from '#server/database/actor.ts';
import { textBlocks } from '#server/domain/text-blocks.ts';
import { refusal, run } from '../support/cast.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();
const text = { de: '{salutation}\n\nWir kommen.', en: '' };
const namesFor = async (who: 'ben' | 'cleo' | 'mona' | 'zoe') =>
  (await asMember(desk.cast[who], textBlocks)).map(
    ({ folder, name, isMine }) => `${folder}/${name}${isMine ? '*' : ''}`,
  );

test('the team’s blocks are everybody’s to use and its moderators’ to write; one’s own nobody else sees', async () => {
  const { mona, ben, cleo } = desk.cast;
  expect(await refusal(cleo, 'block.create', { ...text, name: 'Termin', folder: 'Technik' })).toBe('forbidden');
  const { result } = await run(mona, 'block.create', { ...text, name: 'Termin', folder: 'Technik' });
  const block = result['block'] ?? '';
  const own =
    (await run(cleo, 'block.create', { ...text, name: 'Meins', folder: '', isMine: true })).result['block'] ?? '';
  expect(await namesFor('cleo')).toEqual(['/Meins*', 'Technik/Termin']);
  expect(await namesFor('ben')).toEqual(['Technik/Termin']);
  expect(await namesFor('zoe')).toEqual([]);
  expect(await refusal(ben, 'block.change', { block, name: 'Anders' })).toBe('forbidden');
  expect(await refusal(ben, 'block.delete', { block })).toBe('forbidden');
  expect(await refusal(mona, 'block.delete', { block: own })).toBe('block.notFound');
  await run(cleo, 'block.change', { block: own, name: 'Immer noch meins' });
  await run(cleo, 'block.delete', { block: own });
  expect(await namesFor('cleo')).toEqual(['Technik/Termin']);
});

test('a folder is renamed with all that is in it', async () => {
  const { mona, ben } = desk.cast;
  await run(mona, 'block.create', { ...text, name: 'Zweiter', folder: 'Technik' });
  expect(await refusal(ben, 'block.renameFolder', { folder: 'Technik', name: 'T' })).toBe('forbidden');
  await run(mona, 'block.renameFolder', { folder: 'Technik', name: 'Technisches' });
  expect(await namesFor('ben')).toEqual(['Technisches/Termin', 'Technisches/Zweiter']);
  expect(await refusal(mona, 'block.renameFolder', { folder: 'Technik', name: 'T' })).toBe('block.notFound');
});

test('an unknown placeholder is refused, also one that only whole mails have', async () => {
  const { mona } = desk.cast;
  for (const placeholder of ['anrede', 'text'])
    await expect(
      run(mona, 'block.create', { name: 'X', folder: '', de: `{${placeholder}}`, en: '' }),
    ).rejects.toMatchObject({ code: 'template.unknown', detail: { placeholder } });
});

test('two of one name in one folder, and one without words, are refused', async () => {
  const { mona } = desk.cast;
  await run(mona, 'block.create', { ...text, name: 'Doppelt', folder: 'A' });
  expect(await refusal(mona, 'block.create', { ...text, name: 'doppelt', folder: 'a' })).toBe('already.exists');
  expect(await refusal(mona, 'block.create', { name: 'Leer', folder: '', de: '', en: '' })).toBe('bad.input');
});
