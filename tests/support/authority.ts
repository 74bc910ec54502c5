import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Certificate } from './dovecot.ts';

/** An authority of the house in a folder, and a certificate for `localhost` that it signed. */
export function createAuthority(folder: string): Certificate {
  const file = (name: string) => join(folder, name);
  const openssl = (...given: string[]) => execFileSync('openssl', given, { stdio: 'ignore', timeout: 30_000 });
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const ca = ['-keyout', file('ca.key'), '-out', file('ca.pem'), '-subj', '/CN=House'];
  openssl('req', '-x509', '-days', '2', ...curve, ...ca, '-addext', 'basicConstraints=critical,CA:TRUE');
  openssl('req', ...curve, '-keyout', file('mail.key'), '-out', file('mail.csr'), '-subj', '/CN=localhost');
  writeFileSync(file('names'), 'subjectAltName=DNS:localhost\n');
  const signing = ['-CA', file('ca.pem'), '-CAkey', file('ca.key'), '-set_serial', '7', '-days', '2'];
  openssl('x509', '-req', '-in', file('mail.csr'), ...signing, '-extfile', file('names'), '-out', file('mail.pem'));
  return { authority: file('ca.pem'), certificate: file('mail.pem'), key: file('mail.key') };
}
