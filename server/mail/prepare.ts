import { faultFrom } from '#server/database/fault.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { reportUnexpected } from '#server/log.ts';
import { buildMail } from './build.ts';
import { destinationOf } from './servers.ts';
import { ruled } from './sort-outgoing.ts';
import { later } from './tries.ts';

/** A mail on its way to a server; with `ends`, it goes no further. */
export type Prepared = { due: outgoing.Due; server: string; ends?: outgoing.Outcome };

/** Builds what is not built yet, and keeps it in one transaction. Nothing has left: whatever goes wrong here may be tried again. */
export async function prepare(dues: outgoing.Due[]): Promise<Prepared[]> {
  const prepared = await Promise.all(dues.map(ready));
  const built = prepared.flatMap(({ due, built }) => (built ? [{ due, built, bytes: built.bytes }] : []));
  try {
    const rules = await ruled(built);
    const plain = built.filter(({ due }) => !rules.has(due.id)).map((each) => each.built);
    if (plain.length > 0) await outgoing.keepBytes(plain);
    const stopped = new Map<string, outgoing.Outcome | null>();
    for (const { due, built: mail } of built) {
      const rule = rules.get(due.id);
      if (rule) stopped.set(due.id, await outgoing.keepRuled(due, mail, rule));
    }
    return prepared.map((each) => ({ ...each, ...endedBy(stopped.get(each.due.id)) }));
  } catch (error) {
    const ends = { ...again(dues[0], error), isNoTry: true };
    return prepared.map((each) => ({ ...each, ends: each.ends ?? ends }));
  }
}

const endedBy = (ends: outgoing.Outcome | null | undefined) => (ends ? { ends } : {});

async function ready(due: outgoing.Due): Promise<Prepared & { built?: outgoing.Built }> {
  const destination = destinationOf(due);
  const server = destination?.key ?? '';
  if (due.isInternal) return { due, server, ends: { state: 'cancelled', response: 'internal' } };
  try {
    const held = destination ? {} : { ends: hold(due) };
    if (due.bytes) return { due, server, ...held };
    const mail = await buildMail(due);
    if (!mail) return { due, server, ends: { state: 'cancelled', response: 'nothing to tell any more' } };
    const { bytes, messageId, subject, envelope } = mail;
    const whole = { ...due, bytes, envelopeFrom: envelope.from };
    return {
      due: whole,
      server,
      ...held,
      built: { id: due.id, bytes, messageId, subject, envelopeFrom: envelope.from },
    };
  } catch (error) {
    return { due, server, ends: again(due, error) };
  }
}

function again(due: outgoing.Due | undefined, error: unknown): outgoing.Outcome {
  const id = reportUnexpected(error, { part: 'mail', outgoingId: due?.id });
  const fault = faultFrom(error);
  if (fault) return { state: 'queued', response: fault.code, retryInSeconds: fault.retryAfterSeconds, isNoTry: true };
  return later(due ?? { attempts: 1, delayedSince: null, repeatedAt: null }, `error ${id}`);
}

/** A sign-in mail belongs to no workspace's page: without a relay, who runs the desk hands the link over. */
function hold(due: outgoing.Due): outgoing.Outcome {
  const { link } = due.input;
  if (due.workspaceId === null && typeof link === 'string') {
    process.stderr.write(`No SMTP_URL is set, so this sign-in mail was not sent. Its link: ${link}\n`);
  }
  return { state: 'held', response: '' };
}
