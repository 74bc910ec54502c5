import { setTimeout } from 'node:timers/promises';
import { config } from '#server/config.ts';
import { faultFrom } from '#server/database/fault.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { log, reportUnexpected } from '#server/log.ts';
import { buildMail } from './build.ts';
import { startLoop, type Loop } from './loop.ts';
import { sendMail, smtpServerOf, type SendResult } from './transport.ts';

/** After these many minutes a mail that could not be handed over is tried again, then each 4 hours up to a week. */
const waitsMinutes = [1, 5, 15, 60, 120];
const lastWaitMinutes = 240;
const mostAttempts = 45;
const recordWaitsMs = [500, 2_000, 5_000];
/** Nobody else judges a mail before its lease ends (server/domain/outgoing/queue.ts). */
const recordForMs = outgoing.sendingMinutes * 60_000;

/** Sends what waits, one mail after the other. Without a relay the mails are built and held, to be read on their page. */
export function startOutbox(): Loop {
  return startLoop({ name: 'outbox', step, pollMs: 1_000 });
}

async function step(): Promise<boolean> {
  await outgoing.endOvertaken();
  const due = await outgoing.next();
  if (!due) return false;
  const parcel = await ready(due);
  const outcome = 'state' in parcel ? parcel : await handOver(due, parcel);
  if (outcome) await record(due, outcome);
  return true;
}

type Ready = { bytes: Buffer; from: string };

/** Nothing has left yet: whatever goes wrong here may be tried again. */
async function ready(due: outgoing.Due): Promise<Ready | outgoing.Outcome> {
  try {
    const parcel = due.bytes ? { bytes: Buffer.from(due.bytes), from: due.envelopeFrom } : await build(due);
    if (!parcel) return { state: 'cancelled', response: 'nothing to tell any more' };
    return config().smtpUrl ? parcel : hold(due);
  } catch (error) {
    return later(due, `error ${reportUnexpected(error, { part: 'mail', outgoingId: due.id })}`);
  }
}

/** Null when it must not leave any more. */
async function handOver(due: outgoing.Due, { bytes, from }: Ready): Promise<outgoing.Outcome | null> {
  const server = smtpServerOf(config().smtpUrl ?? '');
  if (!(await outgoing.markSending(due.id))) return null;
  const sent = await sendMail(server, { bytes, envelope: { from, to: [due.toAddress] } });
  log.info({ part: 'mail', outgoingId: due.id, outcome: sent.outcome, attempt: due.attempts }, 'handed over');
  return outcomeOf(due, sent);
}

/**
 * It happened and only has to be written down. Never is that a reason to send again: what cannot be written becomes `unknown`.
 * Trouble that passes is waited out as long as the lease lasts.
 */
async function record(due: outgoing.Due, outcome: outgoing.Outcome): Promise<void> {
  const until = performance.now() + recordForMs;
  const waitsMs = [...recordWaitsMs];
  while (performance.now() < until) {
    try {
      return await outgoing.settle(due, outcome);
    } catch (error) {
      reportUnexpected(error, { part: 'mail', outgoingId: due.id, outcome: outcome.state });
      const fault = faultFrom(error);
      const waitMs = fault ? fault.retryAfterSeconds * 1_000 : waitsMs.shift();
      if (waitMs === undefined) return;
      await setTimeout(waitMs);
    }
  }
}

/** A sign-in mail belongs to no workspace's page: without a relay, who runs the desk hands the link over. */
function hold(due: outgoing.Due): outgoing.Outcome {
  const { link } = due.input;
  if (due.workspaceId === null && typeof link === 'string') {
    process.stderr.write(`No SMTP_URL is set, so this sign-in mail was not sent. Its link: ${link}\n`);
  }
  return { state: 'held', response: '' };
}

async function build(due: outgoing.Due): Promise<Ready | null> {
  const built = await buildMail(due);
  if (!built) return null;
  const { bytes, messageId, subject, envelope } = built;
  await outgoing.keepBytes(due.id, { bytes, messageId, subject, envelopeFrom: envelope.from });
  return { bytes, from: envelope.from };
}

function outcomeOf(due: outgoing.Due, { outcome, response }: SendResult): outgoing.Outcome {
  if (outcome === 'sent') return { state: 'sent', response };
  // The server had the whole mail and never answered: a second copy could not be taken back, a person decides.
  if (outcome === 'unknown') return { state: 'unknown', response };
  if (outcome === 'permanent') return { state: 'failed', response };
  return later(due, response);
}

/** A refused account is the operator's to mend, not the mail's fault: it waits like one whose server is away. */
function later(due: outgoing.Due, response: string): outgoing.Outcome {
  if (due.attempts >= mostAttempts) return { state: 'failed', response };
  const minutes = waitsMinutes[due.attempts - 1] ?? lastWaitMinutes;
  return { state: 'queued', response, retryInMinutes: minutes };
}
