import { config } from '#server/config.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { log, reportUnexpected } from '#server/log.ts';
import { buildMail } from './build.ts';
import { startLoop, type Loop } from './loop.ts';
import { sendMail, smtpServerOf, type SendResult } from './transport.ts';

/** After these many minutes a mail that could not be handed over is tried again, then each 4 hours up to a week. */
const waitsMinutes = [1, 5, 15, 60, 120];
const lastWaitMinutes = 240;
const mostAttempts = 45;

/** Sends what waits, one mail after the other. Without a relay the mails are built and held, to be read on their page. */
export function startOutbox(): Loop {
  return startLoop({ name: 'outbox', step, pollMs: 1_000 });
}

async function step(): Promise<boolean> {
  const due = await outgoing.next();
  if (!due) return false;
  try {
    const outcome = await deliver(due);
    if (outcome) await outgoing.settle(due, outcome);
  } catch (error) {
    const id = reportUnexpected(error, { part: 'mail', outgoingId: due.id });
    await outgoing.settle(due, later(due, `error ${id}`));
  }
  return true;
}

/** Null when somebody took it back just now. */
async function deliver(due: outgoing.Due): Promise<outgoing.Outcome | null> {
  const parcel = due.bytes ? { bytes: Buffer.from(due.bytes), from: due.envelopeFrom } : await build(due);
  if (!parcel) return { state: 'cancelled', response: 'nothing to tell any more' };
  const { smtpUrl } = config();
  if (!smtpUrl) return hold(due);
  if (!(await outgoing.markSending(due.id))) return null;
  const envelope = { from: parcel.from, to: [due.toAddress] };
  const sent = await sendMail(smtpServerOf(smtpUrl), { bytes: parcel.bytes, envelope });
  log.info({ part: 'mail', outgoingId: due.id, outcome: sent.outcome, attempt: due.attempts }, 'handed over');
  return outcomeOf(due, sent);
}

/** A sign-in mail belongs to no workspace's page: without a relay, who runs the desk hands the link over. */
function hold(due: outgoing.Due): outgoing.Outcome {
  const { link } = due.input;
  if (due.workspaceId === null && typeof link === 'string') {
    process.stderr.write(`No SMTP_URL is set, so this sign-in mail was not sent. Its link: ${link}\n`);
  }
  return { state: 'held', response: '' };
}

async function build(due: outgoing.Due): Promise<{ bytes: Buffer; from: string } | null> {
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
  return { state: 'queued', response, retryAt: new Date(Date.now() + minutes * 60_000).toISOString() };
}
