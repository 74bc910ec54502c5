import { simpleParser } from 'mailparser';
import { hasDovecot, fromImap } from './mail-imap.ts';
import { fromSmtp } from './mail-smtp.ts';
import { sendAll } from './mail-out.ts';
import { mailBytes } from './mail-bytes.ts';
import { now } from './clock.ts';
import { figure, grouped, median, round, share, type Measured } from './figures.ts';
import { keys } from './keys.ts';
import { repeat, type Bench, type Part } from './part.ts';

/** How many mails a second become cards; confirmations are queued with them and go out when there is time, as they do. */
export const mail: Part = {
  keys: keys.mail,
  measure: measureMail,
};

async function measureMail(bench: Bench): Promise<Measured[]> {
  const count = bench.size(300, 60);
  const parsing = await repeat(bench.runs, () => bareRate(count));
  const bare = median(parsing);
  const beside = (rate: number) => `mailparser alone: ${grouped(Math.round(bare))}/s (${share(rate, bare)})`;
  bench.say(`mail: ${count} mails of 10 KB by SMTP`);
  const counts = { count, sustained: bench.size(2_000, 100), large: bench.size(30, 10) };
  const smtp = await fromSmtp(bench, counts);
  const large = `${counts.large} of 1 MB`;
  const figures = [
    figure({
      key: 'mail.smtp.per_s',
      unit: '/s',
      runs: smtp.rates,
      limit: `${count} of 10 KB at once, to card and queued confirmation; ${beside(median(smtp.rates))}; filed up to 24 at a time by two workers`,
    }),
    figure({
      key: 'mail.smtp.sustained_per_s',
      unit: '/s',
      runs: [smtp.sustained],
      limit: `${counts.sustained} of 10 KB without a pause, to card and queued confirmation, which lets reception go first for a minute; the last had left ${(smtp.confirmedAfterMs / 1000).toFixed(1)} s after the last card: ${round(counts.sustained / (counts.sustained / smtp.sustained + smtp.confirmedAfterMs / 1000))}/s with both`,
    }),
    figure({
      key: 'mail.smtp.1mb_per_s',
      unit: '/s',
      runs: smtp.large,
      limit: `${large} over eight connections at once: each is written and flushed twice, as it came and its file`,
    }),
    figure({ key: 'mail.single_ms', unit: 'ms', runs: smtp.singleMs, limit: 'one of 10 KB by SMTP, to card' }),
    figure({
      key: 'mail.rss_mb',
      unit: 'MB',
      runs: [smtp.peakMb],
      limit: `the most that the process held while ${counts.sustained} of 10 KB and ${bench.runs} times ${large} came by SMTP, its two parsers and the benchmark included`,
    }),
    figure({ key: 'limit.mail.per_s', unit: '/s', runs: parsing, limit: 'mailparser alone, in one process' }),
  ];
  bench.say(`mail: ${count} confirmations out`);
  const sent = await sendAll(bench, count);
  const each = (what: 'processMs' | 'databaseMs') => median(sent.map((run) => run[what])).toFixed(1);
  figures.push(
    figure({
      key: 'mail.out.per_s',
      unit: '/s',
      runs: sent.map((run) => run.perSecond),
      limit: `${count} confirmations to one server that takes each with its recipient and text, from the queue until all are written down as sent`,
    }),
    figure({
      key: 'mail.out.cpu_ms',
      unit: 'ms',
      runs: sent.map((run) => run.processMs + run.databaseMs),
      limit: `processor time per mail: Node ${each('processMs')} ms, PostgreSQL ${each('databaseMs')} ms`,
    }),
  );
  if (!hasDovecot()) {
    bench.say('mail: IMAP is left out, since there is no Dovecot here (apt-get install dovecot-imapd)');
    return figures;
  }
  bench.say(`mail: ${count} mails of 10 KB by IMAP`);
  const imap = await fromImap(bench, counts);
  const { rates } = imap;
  const limit = `${count} of 10 KB that wait in one mailbox, to card and queued confirmation, connecting included; ${beside(median(rates))}; one connection that fetches and stores in groups, beside the two workers`;
  return [
    ...figures,
    figure({ key: 'mail.imap.per_s', unit: '/s', runs: rates, limit }),
    figure({ key: 'mail.imap.1mb_per_s', unit: '/s', runs: imap.large, limit: `${large} that wait in one mailbox` }),
  ];
}

async function bareRate(count: number): Promise<number> {
  const mails = Array.from({ length: count }, (_, i) => Buffer.from(mailBytes(i)));
  const begin = now();
  for (const bytes of mails) await simpleParser(bytes);
  return count / ((now() - begin) / 1000);
}
