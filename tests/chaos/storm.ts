import { setTimeout as rest } from 'node:timers/promises';
import type { Sql } from '#server/database/pool.ts';
import { Chance } from '../support/chance.ts';
import { signInAs, slugOf } from '../support/live.ts';
import type { TestDatabase } from '../support/database.ts';
import { createWorld, happening, type World } from '../support/world.ts';
import { deedOn, openCustomers, wrongPages, wrongWords, type Customer } from './customers.ts';
import { startDeskServer, type DeskServer } from './desk-servers.ts';
import { openLine } from './line.ts';
import { Tab, type Fates } from './tab.ts';
import { wrongTurns } from './turns.ts';
import { fresh, wrongInLedger, wrongWith } from './verdict.ts';

type Options = {
  database: TestDatabase;
  seed: number;
  forMs: number;
  /** It goes on for longer until pages have asked for that many parts of boards, which on a busy machine they do later. */
  leastParts?: number;
  servers?: number;
  say: (line: string) => void;
};

/** What a storm met, and everything that was wrong after it. */
export type Storm = {
  wrong: string[];
  sent: number;
  done: number;
  refused: Record<string, number>;
  kills: number;
  cuts: number;
  /** How often anybody asked for a part of a board after the first. */
  parts: number;
  /** What customers wrote on their pages, and were told that it was taken. */
  written: number;
};

const stepMs = 60;
const smallParts = ['--import', new URL('./small-parts.ts', import.meta.url).href];
const calmMs = 90_000;
const mostExtraMs = 60_000;

/**
 * Random things happen to random people over bad lines, while servers are killed and tabs closed. Then it calms down, and
 * every screen must show what a page loaded now would.
 */
export async function storm(options: Options): Promise<Storm> {
  const { database, seed, forMs, leastParts = 0, servers: count = 2, say } = options;
  const chance = new Chance(seed);
  const world = await createWorld(chance);
  const wrong: string[] = [];
  const fates: Fates = new Map();
  const complain = (what: string) => {
    wrong.push(what);
    say(what);
  };
  const servers = await Promise.all(
    Array.from({ length: count }, () =>
      startDeskServer({ databaseUrl: database.url, nodeArgs: smallParts, say: (line) => say(`server: ${line}`) }),
    ),
  );
  const tabs = await openTabs({ database, world, servers, seed, fates, complain });
  const customers = await openCustomers({ world, servers, seed, complain });
  try {
    const met = await blow({ chance, world, servers, tabs, customers, forMs, leastParts });
    await calm([...tabs, ...customers]);
    for (const tab of tabs) tab.do({ again: true });
    wrong.push(...(await wrongScreens(tabs, customers, servers)));
    wrong.push(...(await wrongInLedger(database.owner, world.workspaceId, fates)));
    wrong.push(...(await wrongWords(database.owner, customers)));
    wrong.push(...(await wrongTurns(database.owner, world.workspaceId)));
    const all = [...fates.values()].map(({ fate }) => fate);
    const refused: Record<string, number> = {};
    for (const fate of all) if (fate !== 'done') refused[fate] = (refused[fate] ?? 0) + 1;
    const parts = partsOf(tabs);
    const written = customers.reduce((sum, { wrote }) => sum + wrote.length, 0);
    return {
      wrong,
      ...met,
      parts,
      written,
      sent: all.length,
      done: all.filter((fate) => fate === 'done').length,
      refused,
    };
  } finally {
    const all = [...tabs, ...customers];
    await Promise.all(all.map((each) => each.close()));
    await Promise.all(all.map(({ line }) => line.close()));
    await Promise.all(servers.map((server) => server.stop()));
  }
}

type Crowd = {
  database: TestDatabase;
  world: World;
  servers: DeskServer[];
  seed: number;
  fates: Fates;
  complain: (what: string) => void;
};

async function openTabs({ database, world, servers, seed, fates, complain }: Crowd): Promise<Tab[]> {
  const workspace = await slugOf(database, world.workspaceId);
  const roles = await rolesOf(database.owner, world);
  return Promise.all(
    world.members.map(async (member, i) => {
      const { cookie } = await signInAs(database, member);
      // Of their own, so that what one line meets does not depend on how much went over another.
      const chance = new Chance(seed * 1_000 + i);
      const line = await openLine({ chance, cookie, target: () => chance.of(servers).port });
      const tab = new Tab({
        member: { ...member, role: roles.get(member.memberId) ?? 'member' },
        workspace,
        cookie,
        line,
        fates,
        complain,
        isCut: i % 2 === 0,
      });
      await tab.open();
      return tab;
    }),
  );
}

async function rolesOf(owner: Sql, { workspaceId }: World) {
  const rows = await owner<{ id: string; role: 'member' }[]>`
    select id, role from lotse.members where workspace_id = ${workspaceId}
  `;
  return new Map(rows.map(({ id, role }) => [id, role]));
}

type Weather = {
  chance: Chance;
  world: World;
  servers: DeskServer[];
  tabs: Tab[];
  customers: Customer[];
  forMs: number;
  leastParts: number;
};

const partsOf = (tabs: Tab[]) => tabs.reduce((sum, tab) => sum + tab.parts, 0);

async function blow(weather: Weather): Promise<{ kills: number; cuts: number }> {
  const { chance, world, servers, tabs, customers, forMs, leastParts } = weather;
  const met = { kills: 0, cuts: 0 };
  const restarting = new Map<DeskServer, Promise<void>>();
  let words = 0;
  const reopening = new Map<Tab | Customer, Promise<void>>();
  const kill = (server: DeskServer) => {
    met.kills++;
    restarting.set(
      server,
      server.restart().finally(() => restarting.delete(server)),
    );
  };
  const until = Date.now() + forMs;
  // However luck falls, one server dies while everybody is at work.
  const surely = Date.now() + forMs / 3;
  while (Date.now() < until || (partsOf(tabs) < leastParts && Date.now() < until + mostExtraMs)) {
    const { actor, name, input } = happening(world, chance);
    const luck = chance.next();
    const tab = chance.of(tabs);
    const server = chance.of(servers);
    tabs.find(({ member }) => member.memberId === actor.memberId)?.do({ send: { name, input } });
    if (luck < 0.02) {
      met.cuts++;
      tab.line.cut();
    } else if (luck < 0.03) tab.line.stall(chance.below(4_000));
    else if (luck < 0.035) tab.do({ show: chance.is(0.5) });
    else if (luck < 0.04) tab.do({ network: chance.is(0.5) });
    else if (luck < 0.046 && !reopening.has(tab)) {
      reopening.set(
        tab,
        reopen(tab).finally(() => reopening.delete(tab)),
      );
    } else if (luck > 0.96) await tab.comeBack();
    else if ((luck < 0.055 || (met.kills === 0 && Date.now() > surely)) && !restarting.has(server)) kill(server);
    vex(chance.of(customers));
    await rest(chance.below(2 * stepMs));
  }
  await Promise.all([...restarting.values(), ...reopening.values()]);
  return met;

  /** The same for a customer, who writes now and then, and whom the team answers. */
  function vex(customer: Customer): void {
    const luck = chance.next();
    // Who writes must not be torn from his words: nobody types in a tab that is closed.
    if (luck < 0.03) customer.do({ write: `Wort ${++words}` });
    else if (luck < 0.12) chance.of(tabs.slice(0, 2)).do({ send: deedOn(customer, chance) });
    else if (luck < 0.14) customer.line.cut();
    else if (luck < 0.15) customer.line.stall(chance.below(4_000));
    else if (luck < 0.16) customer.do({ show: chance.is(0.5) });
    else if (luck < 0.17) customer.do({ network: chance.is(0.5) });
    else if (luck < 0.175 && !reopening.has(customer)) {
      reopening.set(
        customer,
        customer.comeBack().finally(() => reopening.delete(customer)),
      );
    }
  }
}

async function reopen(tab: Tab): Promise<void> {
  await tab.close();
  await tab.open();
}

async function calm(all: (Tab | Customer)[]): Promise<void> {
  for (const each of all) {
    each.line.behave(true);
    each.do({ show: true });
    each.do({ network: true });
  }
}

/** Asks until all are right, or long after everything should be. */
async function wrongScreens(tabs: Tab[], customers: Customer[], [server]: DeskServer[]): Promise<string[]> {
  for (const deadline = Date.now() + calmMs; ;) {
    const found = await Promise.all(
      tabs.map(async (tab) => {
        const wrong = wrongWith(await tab.shown(), await fresh(tab.member));
        return wrong ? `${tab.member.name}'s screen ${wrong}` : [];
      }),
    );
    const wrong = [...found.flat(), ...(server ? await wrongPages(customers, server) : [])];
    if (wrong.length === 0 || Date.now() > deadline) return wrong;
    await rest(250);
  }
}
