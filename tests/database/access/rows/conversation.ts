import { randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { authors, isMember, places, plant, type Attempt, type Existing, type Fixtures } from '../rows.ts';
import type { World } from '../world.ts';

const weberActors = ['contact, verified', 'holder of a link', 'holder of a link to another ticket'];

export async function conversationRows(world: World, owner: Sql): Promise<Fixtures> {
  const { cast, tickets } = world;
  const all = places(world);
  const writers = ['administrator', 'moderator', 'responsible member', 'supporter'];
  const messages: (Existing & { id: string; ticketId: string; visibility: string; isWithdrawn?: boolean })[] = [];
  const message = (row: Omit<Existing, 'where'> & { ticketId: string; visibility: string; isWithdrawn?: boolean }) => {
    const id = randomUUID();
    messages.push({ ...row, id, words: row.visibility === 'public' ? ['public'] : [], where: { id } });
    return id;
  };
  /** One of each visibility on each ticket, and one withdrawn, carry what hangs on messages. */
  const hosts = () => messages.filter(({ name, isWithdrawn }) => isWithdrawn || /^(internal|public) on /.test(name));
  await plant(owner, async (sql) => {
    for (const place of all)
      for (const visibility of ['internal', 'public']) {
        const { state, workspaceId, ticketId, member } = place;
        const own = isMember(place, world);
        const id = message({ name: `${visibility} on ${state}`, state, workspaceId, ticketId, own, visibility });
        await sql`insert into lotse.messages ${sql({ id, workspaceId, ticketId, kind: kindOf(visibility), visibility, authorMemberId: member })}`;
      }
    const here = { state: 'claimed' as const, workspaceId: cast.workspaceId, ticketId: tickets.claimed };
    for (const actor of writers) {
      const id = message({ ...here, name: `public of ${actor}`, own: [actor], visibility: 'public' });
      await sql`
        insert into lotse.messages (id, workspace_id, ticket_id, kind, visibility, author_member_id)
        values (${id}, ${here.workspaceId}, ${here.ticketId}, 'message', 'public', ${world.members.get(actor) ?? null})
      `;
    }
    for (const [contactId, state, own] of [
      [cast.weber, 'claimed', weberActors],
      [cast.weber, 'closed', weberActors],
      [cast.smith, 'claimed', ['contact, unverified']],
    ] as const) {
      const place = {
        state,
        workspaceId: cast.workspaceId,
        ticketId: tickets[state],
        own: [...own],
        visibility: 'public',
      };
      const never = state === 'closed' ? (['update'] as const) : [];
      const id = message({ ...place, name: `of a customer on ${state}`, never: [...never] });
      await sql`
        insert into lotse.messages (id, workspace_id, ticket_id, kind, visibility, author_contact_id)
        values (${id}, ${cast.workspaceId}, ${tickets[state]}, 'message', 'public', ${contactId})
      `;
    }
    const id = message({
      ...here,
      name: 'withdrawn',
      own: ['moderator'],
      visibility: 'public',
      isWithdrawn: true,
      never: ['update'],
    });
    await sql`
      insert into lotse.messages (id, workspace_id, ticket_id, kind, visibility, author_member_id, withdrawn_at)
      values (${id}, ${cast.workspaceId}, ${tickets.claimed}, 'message', 'public', ${cast.mona.memberId}, now())
    `;
    for (const { id: messageId, workspaceId } of hosts())
      await sql`insert into lotse.message_versions ${sql({ workspaceId, messageId, bodyHtml: '', bodyText: '' })}`;
  });

  return {
    messages: {
      set: `body_html = 'Neu'`,
      rows: messages,
      attempts: (actor) =>
        all.flatMap(({ state, workspaceId, ticketId, member }) =>
          ['internal', 'public'].flatMap((visibility): Attempt[] => {
            const values = { workspaceId, ticketId, kind: kindOf(visibility), visibility };
            const row = { state, workspaceId, words: visibility === 'public' ? ['public'] : [] };
            const never = state === 'closed' && visibility === 'public' ? (['insert'] as const) : [];
            return [
              ...authors(world, actor, member).map(({ memberId, own }) => ({
                ...row,
                name: `${visibility} on ${state} by ${memberId}`,
                own,
                never: [...never],
                values: { ...values, authorMemberId: memberId },
              })),
              ...contactsOf(world, actor).map(({ contactId, own }) => ({
                ...row,
                name: `${visibility} on ${state} by contact ${contactId}`,
                own,
                never: visibility === 'internal' || state === 'foreign' ? (['insert'] as const).slice() : [...never],
                values: { ...values, authorContactId: contactId },
              })),
            ];
          }),
        ),
    },
    message_versions: {
      set: `body_text = 'Neu'`,
      rows: hosts().map(({ name, state, workspaceId, id }) => ({
        name,
        workspaceId,
        where: { messageId: id },
        ...(state ? { state } : {}),
      })),
      attempts: () =>
        hosts().map(({ name, state, workspaceId, id }) => ({
          name,
          workspaceId,
          values: { workspaceId, messageId: id, bodyHtml: '', bodyText: '' },
          ...(state ? { state } : {}),
        })),
    },
    consultations: await consultationRows(world, { owner, messages: hosts() }),
    files: await fileRows(world, { owner, messages: hosts() }),
  };
}

function kindOf(visibility: string): string {
  return visibility === 'public' ? 'message' : 'comment';
}

/** In the customer's own name, where the actor is one, and in another's. */
function contactsOf({ cast }: World, actor: string) {
  return [
    { contactId: cast.weber, own: weberActors.includes(actor) ? [actor] : [] },
    { contactId: cast.smith, own: actor === 'contact, unverified' ? [actor] : [] },
  ];
}

type Hosts = {
  owner: Sql;
  messages: (Existing & { id: string; ticketId: string; visibility: string; isWithdrawn?: boolean })[];
};

async function fileRows(world: World, { owner, messages }: Hosts): Promise<Fixtures[string]> {
  const { cast, tickets } = world;
  const rows: Existing[] = [];
  const about = () => ({
    name: 'a.txt',
    mime: 'text/plain',
    size: 1,
    sha256: 'a'.repeat(64),
    storageKey: randomUUID(),
  });
  await plant(owner, async (sql) => {
    for (const place of places(world))
      for (const visibility of ['internal', 'public']) {
        const { state, workspaceId, ticketId, member } = place;
        const id = randomUUID();
        const words = ['loose', ...(visibility === 'public' ? ['public'] : [])];
        rows.push({
          name: `loose ${visibility} on ${state}`,
          state,
          workspaceId,
          words,
          own: isMember(place, world),
          where: { id },
        });
        await sql`insert into lotse.files ${sql({ ...about(), id, workspaceId, ticketId, visibility, uploadedByMemberId: member })}`;
      }
    for (const host of messages) {
      const id = randomUUID();
      const { workspaceId, ticketId, visibility } = host;
      const words = visibility === 'public' && !host.isWithdrawn ? ['public'] : [];
      rows.push({
        name: `on ${host.name}`,
        workspaceId,
        words,
        where: { id },
        ...(host.state ? { state: host.state } : {}),
      });
      await sql`insert into lotse.files ${sql({ ...about(), id, workspaceId, ticketId, visibility, messageId: host.id })}`;
    }
    const id = randomUUID();
    const place = { state: 'claimed' as const, workspaceId: cast.workspaceId };
    rows.push({ ...place, name: 'of the supporter', words: ['loose'], own: ['supporter'], where: { id } });
    const uploadedByMemberId = world.members.get('supporter') ?? null;
    await sql`insert into lotse.files ${sql({ ...about(), id, workspaceId: cast.workspaceId, ticketId: tickets.claimed, visibility: 'internal', uploadedByMemberId })}`;
  });
  return {
    set: 'visibility = visibility',
    rows,
    attempts: (actor) =>
      places(world).flatMap(({ state, workspaceId, ticketId, member }) =>
        ['internal', 'public'].flatMap((visibility): Attempt[] => {
          const row = { state, workspaceId, words: visibility === 'public' ? ['public'] : [] };
          const values = { ...about(), workspaceId, ticketId, visibility };
          const impossible = visibility === 'internal' || state === 'closed' || state === 'foreign';
          return [
            ...authors(world, actor, member).map(({ memberId, own }) => ({
              ...row,
              name: `${visibility} on ${state} by ${memberId}`,
              own,
              values: { ...values, uploadedByMemberId: memberId },
            })),
            ...contactsOf(world, actor).map(({ contactId, own }) => ({
              ...row,
              name: `${visibility} on ${state} by contact ${contactId}`,
              own,
              never: impossible ? (['insert'] as const).slice() : [],
              values: { ...values, uploadedByContactId: contactId },
            })),
          ];
        }),
      ),
  };
}

async function consultationRows(world: World, { owner, messages }: Hosts): Promise<Fixtures[string]> {
  const contactOf = (workspaceId: string) =>
    workspaceId === world.foreign.workspaceId ? world.foreign.contact : world.cast.smith;
  const asked = places(world).flatMap((place) => {
    const comment = messages.find(({ name }) => name === `internal on ${place.state}`);
    return comment
      ? [{ ...place, messageId: comment.id, contactId: contactOf(place.workspaceId), id: randomUUID() }]
      : [];
  });
  const about = { kind: 'statement', history: true };
  await plant(owner, async (sql) => {
    for (const { id, workspaceId, ticketId, contactId, messageId, member } of asked)
      await sql`insert into lotse.consultations ${sql({ ...about, id, workspaceId, ticketId, contactId, messageId, askedByMemberId: member })}`;
  });
  return {
    set: 'answered_at = answered_at',
    rows: asked.map(({ state, workspaceId, id }) => ({ name: `on ${state}`, state, workspaceId, where: { id } })),
    attempts: (actor) =>
      asked.flatMap(({ state, workspaceId, ticketId, contactId, messageId, member }) =>
        authors(world, actor, member).map(({ memberId, own }) => ({
          name: `on ${state} by ${memberId}`,
          state,
          workspaceId,
          own,
          never: memberId === member || state !== 'foreign' ? [] : (['insert'] as const).slice(),
          values: { ...about, workspaceId, ticketId, contactId, messageId, askedByMemberId: memberId },
        })),
      ),
  };
}
