import { randomUUID } from 'node:crypto';
import { beforeAll, describe, expect, test } from 'vitest';
import { commands } from '#lib/shared/commands.ts';
import type { Actor } from '#server/database/actor.ts';
import { execute } from '#server/execute.ts';
import { addMember, linkFor, run, createTicket, type Member } from '../../support/cast.ts';
import { useWorkspace } from '../../support/workspace.ts';
import { createThings, samples, type Sample, type Things } from './samples.ts';

// What holds for each command alike. What a command does stands in a file for its noun.

const desk = useWorkspace();
const names = Object.keys(commands);
let all: Record<string, Sample>;
let foreign: Things;
let strangers: { who: string; actor: Actor }[];
let dora: Member;

beforeAll(async () => {
  const { cast, db } = desk;
  all = await samples(cast, db.owner);
  foreign = await createThings(db.owner, cast.zoe);
  dora = await addMember(cast.workspaceId, 'Dora Falk', 'administrator');
  const { workspaceId } = cast;
  const here = await linkFor(cast, await createTicket(cast));
  strangers = [
    { who: 'the administrator of another workspace', actor: cast.zoe },
    { who: 'the same, out of place', actor: { ...cast.zoe, workspaceId } },
    { who: 'a deactivated administrator', actor: dora },
    { who: 'the holder of a link to another ticket', actor: here },
    { who: 'a contact', actor: { kind: 'contact', workspaceId, contactId: cast.smith } },
    { who: 'a link that does not exist', actor: { kind: 'link', workspaceId, linkId: randomUUID() } },
  ];
  await run(cast.ada, 'member.change', { member: dora.memberId, isActive: false });
});

function sampleOf(name: string): Sample {
  const sample = all[name];
  if (!sample) throw new Error(`tests/database/commands/samples.ts calls no ${name}`);
  return sample;
}

/** That a command was refused may be remembered, and nothing else of it. */
const butRefusals = ` where not t.answer ? 'refused'`;

/** All that stands in both workspaces, as one word. */
async function fingerprint(): Promise<string> {
  const tables = await desk.db.owner<{ name: string }[]>`
    select relname as name from pg_class
    where relnamespace = 'lotse'::regnamespace and relkind = 'r' and relname not in ('workspace_counters', 'attempts', 'keys')
    order by relname
  `;
  const parts = tables.map(
    ({ name }) =>
      `select md5(coalesce(string_agg(t::text, '|' order by t::text), '')) as m from lotse.${name} t${
        name === 'commands' ? butRefusals : ''
      }`,
  );
  const [row] = await desk.db.owner.unsafe<{ all: string }[]>(
    `select string_agg(m, '') as all from (${parts.join(' union all ')}) x`,
  );
  return row?.all ?? '';
}

/** The fields that hold ids, with a foreign thing for each. */
function foreignIds(input: Record<string, unknown>): [string, string][] {
  const meant: Record<string, keyof Things> = {
    requester: 'contact',
    parent: 'pool',
    after: 'pool',
    moveTicketsTo: 'pool',
  };
  return Object.keys(input).flatMap((field): [string, string][] => {
    const id = foreign[meant[field] ?? (field as keyof Things)];
    return id && typeof input[field] === 'string' && isId(input[field]) ? [[field, id]] : [];
  });
}

function isId(value: unknown): value is string {
  return typeof value === 'string' && /^[0-9a-f]{8}-[0-9a-f-]{27}$/.test(value);
}

test('every command has a sample', () => {
  expect(Object.keys(all).sort()).toEqual([...names].sort());
});

describe('refused, and nothing changed:', () => {
  test.each(names)('%s with a wrong input', async (name) => {
    const { actor, input } = sampleOf(name);
    const before = await fingerprint();
    const wrong: unknown[] = [null, 'text', [], 7];
    for (const field of Object.keys(input))
      wrong.push({ ...input, [field]: { $ne: 1 } }, { ...input, [field]: 'x'.repeat(1_100_000) });
    for (const value of wrong) {
      const answer = await execute(actor, { id: randomUUID(), name, input: value });
      expect(answer).toMatchObject({ ok: false, error: { code: 'bad.input' } });
    }
    expect(await fingerprint()).toBe(before);
  });

  test.each(names)('%s by the wrong person', async (name) => {
    const { input } = sampleOf(name);
    const before = await fingerprint();
    const answers = [];
    for (const { who, actor } of strangers) {
      // In his own workspace the foreign administrator may do what names nothing of ours.
      if (actor === desk.cast.zoe && !Object.values(input).some(isId)) continue;
      answers.push({ who, ok: (await execute(actor, { id: randomUUID(), name, input })).ok });
    }
    expect(answers.filter(({ ok }) => ok)).toEqual([]);
    expect(await fingerprint()).toBe(before);
  });

  test.each(names)('%s with an id of another workspace', async (name) => {
    const { actor, input } = sampleOf(name);
    const before = await fingerprint();
    for (const [field, id] of foreignIds(input)) {
      const answer = await execute(actor, { id: randomUUID(), name, input: { ...input, [field]: id } });
      expect({ field, ok: answer.ok }).toEqual({ field, ok: false });
    }
    expect(await fingerprint()).toBe(before);
  });
});

test.each(names)('%s sent twice, also at once, is done once and answered the same', async (name) => {
  const { actor, input } = sampleOf(name);
  const call = { id: randomUUID(), name, input };
  const [first, second] = await Promise.all([execute(actor, call), execute(actor, call)]);
  expect(first).toMatchObject({ ok: true });
  expect(second).toEqual(first);
  const after = await fingerprint();
  expect(await execute(actor, call)).toEqual(first);
  expect(await fingerprint()).toBe(after);
});
