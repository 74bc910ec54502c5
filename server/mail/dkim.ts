import DKIM from 'nodemailer/lib/dkim';
import { dkimKeyPurpose } from '#server/domain/dkim.ts';
import type { Due } from '#server/domain/outgoing.ts';
import { reportUnexpected } from '#server/log.ts';
import { unseal } from '#server/sealed.ts';

/**
 * The mail's bytes with its domain's signature before them, where the workspace asked for that. Signed when it is built: what is
 * stored is what leaves, the same at each try. A key that cannot be opened keeps no mail waiting.
 */
export async function signed(bytes: Buffer, { id, signing }: Pick<Due, 'id' | 'signing'>): Promise<Buffer> {
  if (!signing) return bytes;
  try {
    const privateKey = unseal(signing.privateKey, dkimKeyPurpose);
    const dkim = new DKIM({ domainName: signing.domain, keySelector: signing.selector, privateKey });
    const parts: Buffer[] = [];
    for await (const part of dkim.sign(bytes)) parts.push(Buffer.from(part as Uint8Array));
    return Buffer.concat(parts);
  } catch (error) {
    reportUnexpected(error, { part: 'mail', outgoingId: id });
    return bytes;
  }
}
