/** What a domain's DNS has to say so that signatures made with the key can be verified (RFC 6376, 3.6). */
export type DkimRecord = { name: string; value: string };

export function dkimRecordOf(domain: string, key: { selector: string; publicKey: string }): DkimRecord {
  return { name: `${key.selector}._domainkey.${domain}`, value: `v=DKIM1; k=rsa; p=${key.publicKey}` };
}

/** `other`: there is a record, with another key; `away`: the name servers did not answer. */
export type DkimFinding = 'right' | 'missing' | 'other' | 'away';
