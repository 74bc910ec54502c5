import * as outgoing from '#server/domain/outgoing.ts';
import { log } from '#server/log.ts';
import { handOver, type Ways } from './hand-over.ts';
import { Lines } from './lines.ts';
import { startLoop, type Loop } from './loop.ts';
import { prepare } from './prepare.ts';
import { record } from './recorder.ts';
import { Rests } from './servers.ts';
import type { Patience } from './smtp-line.ts';
import { lookIntoUnknown } from './unknown.ts';

/** Taken at once: enough to share transactions, few enough that another process finds something to do. */
const batch = 16;
/** Under way at once: to all servers, and to one, so that one that stalls does not keep the others waiting. */
const most = { all: 64, one: 32 };
/** When a server that had enough to do has so few left, more are taken for it. */
const few = 16;
const overtakenEachMs = 3_000;
/** Stopping, so long a server that has a mail in its hands is waited for, and then writing down what became of it. */
const lastWaitsMs = { server: 5_000, record: 3_000 };

type Options = { patience?: Patience; stopMs?: number };

/** Sends what waits, several mails at a time. Without a relay they are built and held, to be read on their page. */
export function startOutbox({ patience, stopMs = lastWaitsMs.server }: Options = {}): Loop {
  const ways: Ways = { lines: new Lines(patience), rests: new Rests() };
  /** Mails under way, with the server they go to. */
  const underWay = new Map<Promise<void>, string>();

  async function step(): Promise<boolean> {
    if (underWay.size >= most.all) await Promise.race(underWay.keys());
    const dues = await outgoing.take({ most: Math.min(batch, most.all - underWay.size), busy: busyServers() });
    if (dues.length === 0) return false;
    for (const { due, server, ends } of await prepare(dues)) {
      const work = (ends ? record(due, ends) : send(due)).finally(() => {
        underWay.delete(work);
        if (numberTo(server) === few || underWay.size === 0) sending.poke();
      });
      underWay.set(work, server);
    }
    return true;
  }

  /** Never throws. */
  async function send(due: outgoing.Due): Promise<void> {
    const outcome = await handOver(due, ways);
    log.info({ part: 'mail', outgoingId: due.id, outcome: outcome?.state, attempt: due.attempts }, 'handed over');
    if (outcome) await record(due, outcome);
  }

  function busyServers(): string[] {
    const full = new Set(underWay.values()).values().filter((server) => server && numberTo(server) > most.one - batch);
    return [...full, ...ways.rests.resting()];
  }

  const numberTo = (server: string) =>
    underWay
      .values()
      .filter((each) => each === server)
      .toArray().length;

  const sending = startLoop({ name: 'outbox', step, pollMs: 1_000 });
  const showing = startLoop({ name: 'showing', step: outgoing.showDue, pollMs: 1_000 });
  const judging = startLoop({
    name: 'overtaken',
    step: async () => {
      await outgoing.endOvertaken();
      return lookIntoUnknown();
    },
    pollMs: overtakenEachMs,
  });

  return {
    poke() {
      sending.poke();
      showing.poke();
      judging.poke();
    },
    isReady: () => sending.isReady() && showing.isReady() && judging.isReady(),
    /**
     * Servers that do not answer by then are left: what none of them had whole is queued again, the rest is of unknown fate. What cannot
     * be written down is another's when its lease ends.
     */
    async stop() {
      const ended = Promise.all([sending.stop(), showing.stop(), judging.stop()]).then(() =>
        Promise.all(underWay.keys()),
      );
      if (await isWithin(ended, stopMs)) return ways.lines.end();
      ways.lines.stop();
      if (!(await isWithin(ended, lastWaitsMs.record))) log.warn({ part: 'mail', underWay: underWay.size }, 'left');
    },
  };
}

async function isWithin(work: Promise<unknown>, ms: number): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), ms);
  return Promise.race([work.then(() => true), late.promise]).finally(() => clearTimeout(timer));
}
