import { startMail } from '#server/mail/index.ts';
import { run } from '../support/cast.ts';
import { now } from './clock.ts';
import { median } from './figures.ts';
import { cards, demandConfirmations, withMailDesk } from './mail-desk.ts';
import { repeat, type Bench } from './part.ts';

const warmUp = 30;
const singles = 10;

/** From a mail server's first word until the last ticket stands on the board. */
export function fromSmtp(bench: Bench, count: number): Promise<{ rates: number[]; singleMs: number }> {
  return withMailDesk(bench, async (desk) => {
    const { ada, heating } = desk.cast;
    const address = 'service@nordlicht.example';
    await run(ada, 'account.create', { name: 'Service', address, pool: heating, kind: 'smtp' });
    const bridge = await startMail();
    let filed = 0;
    const send = async (mails: number) => {
      const begin = now();
      const letters = { port: bridge.smtpPort ?? 0, count: mails, from: filed };
      filed += mails;
      await Promise.all([desk.post.ask({ send: letters }), cards(desk, filed)]);
      return now() - begin;
    };
    try {
      await send(warmUp);
      // A desk that was opened a second ago has plans for an empty ledger; autovacuum ends that within a minute.
      await desk.owner`analyze`;
      await send(warmUp);
      const singleMs = median(await repeat(singles, () => send(1)));
      const rates = await repeat(bench.runs, async () => count / ((await send(count)) / 1000));
      await demandConfirmations(desk, filed);
      return { singleMs, rates };
    } finally {
      await bridge.stop();
    }
  });
}
