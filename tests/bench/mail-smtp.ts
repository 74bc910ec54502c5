import { startMail } from '#server/mail/index.ts';
import { run } from '../support/cast.ts';
import { now } from './clock.ts';
import { allSent, cards, demandConfirmations, watchMemory, withMailDesk } from './mail-desk.ts';
import { repeat, type Bench } from './part.ts';

const warmUp = 30;
const singles = 10;

type Counts = {
  /** Mails of 10 KB in each run, and as many as are sent once without a pause. */
  count: number;
  sustained: number;
  /** Mails of 1 MB in each run. */
  large: number;
};

export type Rates = {
  rates: number[];
  sustained: number;
  /** How long after the last card of the sustained run its last confirmation had left. */
  confirmedAfterMs: number;
  large: number[];
  singleMs: number[];
  peakMb: number;
};

/** From a mail server's first word until the last ticket stands on the board; confirmations wait for that, a minute at most. */
export function fromSmtp(bench: Bench, { count, sustained, large }: Counts): Promise<Rates> {
  return withMailDesk(bench, async (desk) => {
    const { ada, heating } = desk.cast;
    const address = 'service@nordlicht.example';
    await run(ada, 'account.create', { name: 'Service', address, pool: heating, kind: 'smtp' });
    const bridge = await startMail();
    let filed = 0;
    const send = async (mails: number, isLarge = false) => {
      const begin = now();
      const letters = { port: bridge.smtpPort ?? 0, count: mails, from: filed, isLarge };
      filed += mails;
      await Promise.all([desk.post.ask({ send: letters }), cards(desk, filed)]);
      return now() - begin;
    };
    try {
      await send(warmUp);
      // A desk that was opened a second ago has plans for an empty ledger; autovacuum ends that within a minute.
      await desk.owner`analyze`;
      await send(warmUp);
      const singleMs = await repeat(singles, () => send(1));
      const rates = await repeat(bench.runs, async () => count / ((await send(count)) / 1000));
      // What is left of the runs before is no burden of the next, and is not put off by it.
      await allSent(desk);
      const peak = watchMemory();
      const sustainedRate = sustained / ((await send(sustained)) / 1000);
      const lastCard = now();
      await demandConfirmations(desk, filed);
      await allSent(desk);
      const confirmedAfterMs = now() - lastCard;
      const largeRates = await repeat(bench.runs, async () => large / ((await send(large, true)) / 1000));
      const peakMb = peak();
      await demandConfirmations(desk, filed);
      return { singleMs, rates, sustained: sustainedRate, confirmedAfterMs, large: largeRates, peakMb };
    } finally {
      await bridge.stop();
    }
  });
}
