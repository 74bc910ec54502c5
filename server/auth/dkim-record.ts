import { Resolver } from 'node:dns/promises';
import type { DkimFinding, DkimRecord } from '#lib/shared/dkim.ts';

const timeoutMs = 2_000;
const tries = 2;

/** What the DNS says of a domain's key just now. `servers`: those of the machine where none are named. */
export async function findRecord({ name, value }: DkimRecord, servers?: string[]): Promise<DkimFinding> {
  const resolver = new Resolver({ timeout: timeoutMs, tries });
  if (servers) resolver.setServers(servers);
  try {
    const records = await resolver.resolveTxt(name);
    const keys = records.flatMap((parts) => keyIn(parts.join('')) ?? []);
    if (keys.length === 0) return 'missing';
    // Several are undefined: who verifies may take any of them (RFC 6376, 3.6.2.2).
    return keys.every((key) => key === keyIn(value)) ? 'right' : 'other';
  } catch (error) {
    return isCode(error, 'ENOTFOUND') || isCode(error, 'ENODATA') ? 'missing' : 'away';
  }
}

/** Blanks may stand anywhere in it. */
function keyIn(record: string): string | undefined {
  return /(?:^|;)\s*p\s*=([^;]*)/i.exec(record)?.[1]?.replace(/\s+/g, '');
}

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code;
}
