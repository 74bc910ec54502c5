import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { Chance } from '../support/chance.ts';
import { useWorkspace } from '../support/workspace.ts';

/*
 * The words that are found in a text are those of its first and slower definition, which lives on here: what is stored and what
 * somebody types must go on meeting each other.
 */

const desk = useWorkspace();

beforeAll(async () => {
  await desk.db.owner.unsafe(`
    create schema formerly;
    create function formerly.plain(said text) returns text
    language sql immutable parallel safe
    return case
      when octet_length(said) = length(said) then said
      else regexp_replace(normalize(replace(said, 'ß', 'ss'), nfkd), '[\\u0300-\\u036f]', '', 'g')
    end;
    create function formerly.lexemes(said text) returns tsvector
    language plpgsql immutable parallel safe
    as $$
    declare
      plain text := private.beginning(formerly.plain(private.beginning(said, 100000)), 100000);
    begin
      return to_tsvector('pg_catalog.german', plain) || to_tsvector('pg_catalog.english', plain);
    end
    $$;
  `);
});

/** The first texts of which something else is found than formerly. */
async function differing(texts: string[]): Promise<string[]> {
  const rows = await desk.db.owner<{ said: string }[]>`
    select said
    from unnest(${texts}::text[]) said
    where private.plain(said) collate "C" is distinct from formerly.plain(said) collate "C"
      or private.lexemes(said)::text is distinct from formerly.lexemes(said)::text
    limit 3
  `;
  return rows.map(({ said }) => said);
}

const folder = new URL('../mail/fixtures/', import.meta.url);
const mails = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((name) => name.endsWith('.eml'));

test('the same words are found in mails as they came, of whatever charset', async () => {
  expect(mails.length).toBeGreaterThan(100);
  const texts = mails.flatMap((name) => {
    const bytes = readFileSync(new URL(name, folder));
    return [bytes.toString('utf8'), bytes.toString('latin1')].map((text) => text.replaceAll('\0', ''));
  });
  expect(await differing(texts)).toEqual([]);
});

test('and in each sign by itself, between letters and under an accent', async () => {
  const wrong = await desk.db.owner<{ sign: string }[]>`
    select to_hex(i) as sign
    from generate_series(1, 131071) i
    cross join lateral (values ('xä' || chr(i) || 'y'), ('xä' || chr(i) || 'y' || U&'\\0301' || chr(i) || U&'\\0323' || 'ö')) texts (said)
    -- All but what are letters of Asia, whole blocks alike, and halves of a pair.
    where (i < 13312 or i between 44032 and 45000 or i between 63744 and 65535 or i > 119807)
      and private.plain(said) collate "C" <> formerly.plain(said) collate "C"
    limit 5
  `;
  expect(wrong).toEqual([]);
});

describe('and in anything that is put together', () => {
  const pieces = [
    ...[
      'Heizung',
      'läuft',
      'Straße',
      'ÜBER',
      'Ärger',
      'naïve',
      'Renée',
      'a\u0308',
      'u\u0308\u0323',
      'ß\u0301',
      'ä\u0323\u20d0',
    ],
    ...[
      '„kalt“',
      '»warm«',
      '5 €',
      '12°',
      '…',
      'a\u00a0b',
      '–',
      '•',
      '’s',
      '\u200d',
      '🏠',
      '👩‍👩‍👧‍👦',
      '❤️',
      '™',
      '½',
      'ﬁ',
      '㌀',
      'ﷺ',
      '가',
    ],
    ...[
      '<br>',
      '&nbsp;',
      '<a href="https://x.example/ä?q=1">',
      'erika@müller.example',
      '/tmp/ä-ö',
      'E-Mail-Straße',
      '1.234,56',
      '\n',
    ],
    'Donaudampfschifffahrtsgesellschaftskapitän'.repeat(60),
  ];

  test.each([1, 2])('(%i)', async (seed) => {
    const chance = new Chance(seed);
    const texts = Array.from({ length: 400 }, () =>
      Array.from({ length: 1 + chance.below(30) }, () => chance.of(pieces) + chance.of(['', ' ', '-', '\u0301'])).join(
        '',
      ),
    );
    expect(await differing(texts)).toEqual([]);
  });

  test('that is as long as may be, and longer', async () => {
    const texts = ['ä', 'ß', '…', '\u00a0', 'ﷺ', 'a ', 'ä b '].map((piece) =>
      piece.repeat(100_001 / Buffer.byteLength(piece)),
    );
    expect(await differing([...texts, ...texts.map((text) => `${text}Ende`), ''])).toEqual([]);
  });
});
