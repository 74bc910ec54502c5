import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { decide } from '#server/config.ts';
import { createAuthority } from '../support/authority.ts';
import { startImapDesk, type ImapDesk } from '../support/imap-desk.ts';
import { until } from '../support/until.ts';

/* A mail server whose certificate an authority of the house signed (MAIL_CA_FILE). */

const folder = mkdtempSync(join(tmpdir(), 'lotse-'));
const house = createAuthority(folder);
let desk: ImapDesk;

beforeAll(async () => {
  desk = await startImapDesk({ tls: house });
});

afterAll(async () => {
  await desk.stop();
  rmSync(folder, { recursive: true });
});

const believe = (authority: string) =>
  decide({ FILES_DIR: folder, ORIGIN: 'https://desk.example.org', MAIL_CA_FILE: authority });
const refused = (account: string) => until(async () => (await desk.stateOf(account))?.lastError);

test.each([
  ['tls', () => desk.dovecot.tlsPort],
  ['starttls', () => desk.dovecot.port],
] as const)('a mail comes from the mailbox to a ticket over %s', async (imapSecurity, port) => {
  believe(house.authority);
  const account = await desk.watched(imapSecurity, { imapSecurity, imapHost: 'localhost', imapPort: port() });
  await desk.append(imapSecurity, 'Heizung kalt');
  expect(await desk.filed(account, 1)).toEqual(['Heizung kalt']);
  expect(await desk.dovecot.log()).toMatch(new RegExp(`Login: user=<${imapSecurity}>.*TLS`));
});

test('an authority that nobody told us of is not believed', async () => {
  believe('');
  const account = await desk.created('unknown', {
    imapSecurity: 'tls',
    imapHost: 'localhost',
    imapPort: desk.dovecot.tlsPort,
  });
  expect(await refused(account)).toMatch(/certificate/i);
});

test('a certificate for another name is not believed', async () => {
  believe(house.authority);
  const settings = { imapSecurity: 'tls' as const, imapPort: desk.dovecot.tlsPort, imapHost: '127.0.0.1' };
  expect(await refused(await desk.created('other', settings))).toMatch(/certificate|altnames/i);
});
