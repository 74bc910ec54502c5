import { readdirSync, readFileSync } from 'node:fs';
import { beforeAll, describe, expect, test } from 'vitest';
import { search } from '#server/domain/search.ts';
import { createTicket, run } from '../support/cast.ts';
import { Chance } from '../support/chance.ts';
import { useWorkspace } from '../support/workspace.ts';

/*
 * The words that are found in a text are those of a plain and slower definition, which lives here: what is stored and what
 * somebody types must go on meeting each other.
 */

const invisible = '[\\u00ad\\u200c-\\u200f\\u202a-\\u202e\\u2060-\\u206f\\ufe00-\\ufe0f\\ufeff]';
const signs =
  '[\\u00a0-\\u00a7\\u00a9\\u00ab\\u00ac\\u00ae\\u00b0\\u00b1\\u00b6\\u00b7\\u00bb\\u00bf\\u00d7\\u00f7\\u2000-\\u200b\\u2010-\\u2029\\u202f-\\u205f' +
  '\\u20a0-\\u20cf\\u2190-\\u245f\\u2500-\\u2bff\\u3000-\\u3003\\u3008-\\u3020\\ufffc\\ufffd\\U0001f000-\\U0001f0ff\\U0001f300-\\U0001faff]+';

const desk = useWorkspace();

beforeAll(async () => {
  await desk.db.owner.unsafe(`
    create schema formerly;
    create function formerly.plain(said text) returns text
    language sql immutable parallel safe
    return regexp_replace(
      regexp_replace(
        normalize(regexp_replace(regexp_replace(replace(said, 'ß', 'ss'), '${invisible}', '', 'g'), '${signs}', ' ', 'g'), nfkd),
        '[\\u0300-\\u036f]', '', 'g'
      ),
      '${signs}', ' ', 'g'
    );
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

test.each([
  ['„Hahn“ tropft', 'Hahn'],
  ['»Hahn« tropft', 'Hahn'],
  ['Montag–Freitag', 'Freitag'],
  ['geht’s noch', 'geht'],
  ['Heiz\u00adung', 'Heizung'],
  ['Heizung\u200bkalt', 'kalt'],
  ['Heiz\u200dung', 'Heizung'],
  ['→Heizung', 'Heizung'],
  ['Kalt🥶', 'kalt'],
  ['Café…', 'Café'],
  ['30 m²', 'm2'],
  ['Hahn', '„Hahn“'],
])('in %j one finds %j, whatever stands beside the word', async (said, typed) => {
  const [row] = await desk.db.owner<{ isFound: boolean }[]>`
    select private.lexemes(${said}) @@ private.search_query(${typed}) as is_found
  `;
  expect(row?.isFound).toBe(true);
});

test('what was entered with its quotation marks is entered anew', async () => {
  const { cast, db } = desk;
  const ticket = await createTicket(cast);
  await run(cast.mona, 'message.post', {
    ticket,
    kind: 'message',
    visibility: 'public',
    html: '<p>Der „Hahn“ tropft</p>',
  });
  await db.owner`update lotse.search_entries set words = ts_delete(words, 'hahn') || '„hahn“:2' where ticket_id = ${ticket}`;
  const hits = async () => (await search(cast.mona, 'Hahn')).hits.map(({ where }) => where);
  expect(await hits()).toEqual([]);
  const migration = new URL('../../supabase/migrations/20261122161000_search_signs.sql', import.meta.url);
  const [entering] = /^update lotse\.search_entries[^;]+;/m.exec(readFileSync(migration, 'utf8')) ?? [];
  await db.owner.unsafe(entering ?? '');
  expect(await hits()).toEqual(['message']);
});
