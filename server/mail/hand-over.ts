import { AppError } from '#lib/shared/errors.ts';
import * as outgoing from '#server/domain/outgoing.ts';
import { gather } from '#server/gather.ts';
import { reportUnexpected } from '#server/log.ts';
import { forgetAccessToken, keptAccessToken } from './access-token.ts';
import type { Lines } from './lines.ts';
import { destinationOf, type Destination, type Rests } from './servers.ts';
import { sendMail, type Parcel, type SendResult } from './transport.ts';
import { later, outcomeOf, outcomeOfCheck } from './tries.ts';

type Way = { lines: Lines; mayLeave: () => Promise<boolean> };
export type Ways = { lines: Lines; rests: Rests };

/** Asks for many at once whether their text may leave. */
const mayLeave = gather(async (dues: outgoing.Due[]) => {
  const may = await outgoing.offer(dues);
  return ({ id }) => may.has(id);
});

/** Null: somebody decided meanwhile that it does not leave. Never throws. */
export async function handOver(due: outgoing.Due, { lines, rests }: Ways): Promise<outgoing.Outcome | null> {
  try {
    const destination = destinationOf(due);
    if (!destination || !due.bytes) return { state: 'held', response: '' };
    const parcel = { bytes: Buffer.from(due.bytes), envelope: { from: due.envelopeFrom, to: [due.toAddress] } };
    const sent = await send(destination, parcel, { lines, mayLeave: () => mayLeave(due) });
    await noteAccount(due, { sent, destination, rests });
    return due.kind === 'check' ? outcomeOfCheck(due, sent) : outcomeOf(due, sent);
  } catch (error) {
    return later(due, `error ${reportUnexpected(error, { part: 'mail', outgoingId: due.id })}`);
  }
}

/** With a token as far as one is asked for: a kept one that is refused may have been taken back, so another is drawn, once. */
async function send({ server, token }: Destination, parcel: Parcel, way: Way): Promise<SendResult> {
  if (!token) return sendMail(server, parcel, way);
  try {
    const { accessToken, isFresh } = await keptAccessToken(token);
    const sent = await sendMail({ ...server, accessToken }, parcel, way);
    if (sent.outcome !== 'auth') return sent;
    forgetAccessToken(token);
    if (isFresh) return sent;
    const again = await keptAccessToken(token);
    return await sendMail({ ...server, accessToken: again.accessToken }, parcel, way);
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    // A provider that is away is waited for; for all else a person has to agree again.
    const outcome = error.code === 'oauth.away' ? 'temporary' : 'auth';
    return { outcome, response: error.code, recipients: [] };
  }
}

type Noted = { sent: SendResult; destination: Destination; rests: Rests };

/** An account that is refused rests as a whole, and says so on its page; one that is let in again is fine. */
async function noteAccount({ workspaceId, accountId, sender }: outgoing.Due, noted: Noted): Promise<void> {
  const { sent, destination, rests } = noted;
  if (destination.key === 'relay') {
    if (sent.outcome === 'auth') rests.rest(destination);
    return;
  }
  if (!workspaceId || !accountId) return;
  if (sent.outcome === 'auth') await outgoing.refused({ workspaceId, accountId, error: sent.response });
  else if (sent.outcome === 'sent' && sender?.smtp?.isRefused) await outgoing.letIn({ workspaceId, accountId });
}
