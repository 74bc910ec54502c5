import { expect, test } from 'vitest';
import { arrayTypes } from '#server/database/arrays.ts';
import { useWorkspace } from '../support/workspace.ts';

const desk = useWorkspace();

// The driver does not ask the database for them: what it is not told of would arrive as text.
test('every kind of array that a column or a function of ours has is known to the driver', async () => {
  const known = Object.values(arrayTypes).map(({ to }) => to);
  const unknown = await desk.db.owner`
    with used as (
      select a.attrelid::regclass::text || '.' || a.attname as place, a.atttypid as type
      from pg_attribute a
      join pg_class c on c.oid = a.attrelid
      where c.relnamespace = 'lotse'::regnamespace and c.relkind = 'r' and a.attnum > 0 and not a.attisdropped
      union all
      select p.oid::regprocedure::text, unnest(p.prorettype || coalesce(p.proallargtypes, p.proargtypes::oid[]))
      from pg_proc p
      where p.pronamespace in ('lotse'::regnamespace, 'private'::regnamespace)
    )
    select used.place, format_type(t.oid, null) as type
    from used
    join pg_type t on t.oid = used.type
    -- A column of a domain is sent as what the domain is of; an array of domains is not.
    where t.typcategory = 'A' and coalesce(nullif(t.typbasetype, 0), t.oid)::int <> all (${known}::int[])
  `;
  expect(unknown).toEqual([]);
  const [sent] = await desk.db.owner`
    select ${['a', null]}::text[] as texts, ${[1, 2 ** 40]}::bigint[] as numbers, array[]::uuid[] as none, array[true, false] as truths
  `;
  expect(sent).toEqual({ texts: ['a', null], numbers: [1, 2 ** 40], none: [], truths: [true, false] });
});
