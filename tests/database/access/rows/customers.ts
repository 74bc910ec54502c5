import { randomBytes, randomUUID } from 'node:crypto';
import type { Sql } from '#server/database/pool.ts';
import { homes, places, plant, type Fixtures } from '../rows.ts';
import type { World } from '../world.ts';

/** Contacts, mail, and what belongs to the installation. */
export async function customerRows(world: World, owner: Sql): Promise<Fixtures> {
  const { cast } = world;
  const sides = homes(world).map((home) => ({
    ...home,
    organisation: randomUUID(),
    contact: randomUUID(),
    address: `${randomUUID()}@example.org`,
    account: randomUUID(),
    mail: randomUUID(),
    outgoing: randomUUID(),
  }));
  const mails = places(world).map((place) => ({ ...place, id: randomUUID(), outgoing: randomUUID() }));
  const signIn = randomUUID();
  const bucket = randomUUID();
  const accountOf = (workspaceId: string) => sides.find((side) => side.workspaceId === workspaceId)?.account ?? '';
  const mailOf = (workspaceId: string) => ({
    workspaceId,
    accountId: accountOf(workspaceId),
    sha256: 'a'.repeat(64),
    size: 1,
  });
  const reconciliationOf = (workspaceId: string) => ({
    workspaceId,
    accountId: accountOf(workspaceId),
    uidValidity: 1,
    inMailbox: 0,
  });
  const outgoingOf = (workspaceId: string | null) => ({
    workspaceId,
    kind: 'confirmation',
    toAddress: 'a@example.org',
  });
  await plant(owner, async (sql) => {
    for (const { workspaceId, pool, organisation, contact, address, account, mail, outgoing } of sides) {
      await sql`insert into lotse.organisations ${sql({ id: organisation, workspaceId, name: 'Verein' })}`;
      await sql`insert into lotse.contacts ${sql({ id: contact, workspaceId, name: 'Karl Karte' })}`;
      await sql`insert into lotse.contact_addresses ${sql({ workspaceId, contactId: contact, address })}`;
      await sql`insert into lotse.mail_accounts ${sql({ id: randomUUID(), workspaceId, poolId: pool, name: 'A', address: `${account}@a.example`, kind: 'smtp' })}`;
      await sql`insert into lotse.mail_accounts ${sql({ id: account, workspaceId, poolId: pool, name: 'Desk', address, kind: 'smtp' })}`;
      await sql`insert into lotse.mails ${sql({ ...mailOf(workspaceId), id: mail })}`;
      await sql`insert into lotse.mail_reconciliations ${sql({ ...reconciliationOf(workspaceId), day: '2026-11-01' })}`;
      await sql`insert into lotse.outgoing_mails ${sql({ ...outgoingOf(workspaceId), id: outgoing, kind: 'invitation' })}`;
    }
    for (const { id, workspaceId, ticketId, outgoing } of mails) {
      await sql`insert into lotse.mails ${sql({ ...mailOf(workspaceId), id, ticketId })}`;
      await sql`insert into lotse.outgoing_mails ${sql({ ...outgoingOf(workspaceId), id: outgoing, ticketId })}`;
    }
    await sql`insert into lotse.outgoing_mails ${sql({ ...outgoingOf(null), id: signIn, kind: 'magicLink' })}`;
    await sql`insert into lotse.keys ${sql({ purpose: bucket, secret: randomBytes(32) })}`;
    await sql`insert into lotse.attempts ${sql({ bucket, windowStart: new Date().toISOString() })}`;
  });
  const at = <T>(build: (side: (typeof sides)[number]) => T) =>
    sides.map((side) => ({ name: side.name, workspaceId: side.workspaceId, ...build(side) }));
  const weberActors = ['contact, verified', 'holder of a link', 'holder of a link to another ticket'];
  const unhiddenTo = (actor: string) => (['administrator', 'moderator'].includes(actor) ? ['unhidden'] : []);

  return {
    organisations: {
      set: 'name = name',
      rows: at(({ organisation }) => ({ where: { id: organisation } })),
      attempts: () => at(({ workspaceId }) => ({ values: { workspaceId, name: 'Neu' } })),
    },
    contacts: {
      set: 'name = name',
      rows: [
        ...at(({ contact }) => ({ where: { id: contact } })),
        {
          name: 'requester',
          workspaceId: cast.workspaceId,
          own: weberActors,
          never: ['delete'],
          where: { id: cast.weber },
        },
        {
          name: 'who wrote as a stranger',
          workspaceId: cast.workspaceId,
          own: ['contact, unverified'],
          words: (actor) => (['contact, verified', 'holder of a link'].includes(actor) ? ['public'] : []),
          never: ['delete'],
          where: { id: cast.smith },
        },
      ],
      attempts: () => at(({ workspaceId }) => ({ values: { workspaceId, name: 'Neu' } })),
    },
    contact_addresses: {
      set: 'is_primary = is_primary',
      rows: [
        ...at(({ address }) => ({ words: ['unhidden'], where: { address } })),
        {
          name: 'of the requester of all tickets',
          workspaceId: cast.workspaceId,
          words: unhiddenTo,
          where: { address: 'petra.weber@example.org' },
        },
      ],
      attempts: () =>
        [
          ...at(({ workspaceId, contact }) => ({ words: ['unhidden'], workspaceId, contactId: contact })),
          { name: 'of the requester', workspaceId: cast.workspaceId, words: unhiddenTo, contactId: cast.weber },
        ].map(({ name, words, workspaceId, contactId }) => ({
          name,
          words,
          workspaceId,
          values: { workspaceId, contactId, address: `${randomUUID()}@example.org`, isPrimary: false },
        })),
    },
    mail_accounts: {
      set: 'name = name',
      rows: at(({ account }) => ({ where: { address: `${account}@a.example` } })),
      attempts: () =>
        at(({ workspaceId, pool }) => ({
          values: { workspaceId, poolId: pool, name: 'Neu', address: `${randomUUID()}@a.example`, kind: 'smtp' },
        })),
    },
    mails: {
      set: `reason = 'x'`,
      rows: [
        ...at(({ mail }) => ({ where: { id: mail } })),
        ...mails.map(({ state, workspaceId, id }) => ({ name: state, state, workspaceId, where: { id } })),
      ],
      attempts: () => at(({ workspaceId }) => ({ values: mailOf(workspaceId) })),
    },
    mail_reconciliations: {
      set: 'fetched = fetched',
      rows: at(({ account }) => ({ where: { accountId: account, day: '2026-11-01' } })),
      attempts: () => at(({ workspaceId }) => ({ values: { ...reconciliationOf(workspaceId), day: '2026-11-02' } })),
    },
    outgoing_mails: {
      set: `response = 'x'`,
      rows: [
        ...at(({ outgoing }) => ({ where: { id: outgoing } })),
        ...mails.map(({ state, workspaceId, outgoing }) => ({
          name: state,
          state,
          workspaceId,
          where: { id: outgoing },
        })),
        { name: 'sign-in', workspaceId: null, words: [], where: { id: signIn } },
      ],
      attempts: () => at(({ workspaceId }) => ({ values: { ...outgoingOf(workspaceId), kind: 'invitation' } })),
    },
    keys: {
      set: 'created_at = created_at',
      rows: [{ name: 'a key', workspaceId: null, where: { purpose: bucket } }],
      attempts: () => [
        { name: 'a key', workspaceId: null, values: { purpose: randomUUID(), secret: randomBytes(32) } },
      ],
    },
    attempts: {
      set: 'count = 2',
      rows: [{ name: 'a count', workspaceId: null, where: { bucket } }],
      attempts: () => [
        { name: 'a count', workspaceId: null, values: { bucket: randomUUID(), windowStart: new Date().toISOString() } },
      ],
    },
  };
}
