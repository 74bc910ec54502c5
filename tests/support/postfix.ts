import { execFile, execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { hasEnded } from '#server/database/embedded/processes.ts';
import { freePort, type Certificate, type Dovecot } from './dovecot.ts';

const execute = promisify(execFile);

const daemons = '/usr/lib/postfix/sbin';

/** Postfix gives up its rights itself, and so begins as root alone. */
export const hasPostfix = userInfo().uid === 0 && existsSync(join(daemons, 'master'));

export type Postfix = Awaited<ReturnType<typeof startPostfix>>;

type World = {
  tls: Certificate;
  /** Holds the mailboxes, and says who may send. */
  dovecot: Dovecot;
  /** Address to the user whose mailbox it is; the domains are this server's. */
  boxes: Record<string, string>;
  /** Domain to the port of the server that its mail is handed to. */
  routes: Record<string, number>;
};

/**
 * A real mail server of our own, beside any other on the machine: `port` takes mail for its domains from anybody, `submission` takes it for
 * the world from those who sign in over TLS, and believes them that an address exists: what it cannot deliver then comes back.
 */
export async function startPostfix(world: World) {
  const folder = await mkdtemp(join(tmpdir(), 'postfix-'));
  const [port, submission] = [await freePort(), await freePort()];
  await chmod(folder, 0o755);
  await Promise.all(['conf', 'queue', 'data'].map((name) => mkdir(join(folder, name))));
  await prepareQueue(folder);
  const write = (name: string, text: string) => writeFile(join(folder, 'conf', name), text);
  await write('main.cf', settings(folder, world));
  await write('master.cf', services(port, submission));
  const boxes = Object.entries(world.boxes).map(([address, user]) => `${address} ${user}/`);
  await write('boxes', `${boxes.join('\n')}\n`);
  const routes = Object.entries(world.routes).map(([domain, to]) => `${domain} smtp:[127.0.0.1]:${to}`);
  await write('routes', `${routes.join('\n')}\n`);
  // Ends once it listens at all its ports and goes on by itself; what keeps it from that stands in its log.
  await execute(join(daemons, 'master'), ['-c', join(folder, 'conf'), '-w'], { timeout: 30_000 }).catch(
    async (cause) => {
      throw new Error(`Postfix did not start: ${await readFile(join(folder, 'log'), 'utf8')}`, { cause });
    },
  );
  const pid = Number(await readFile(join(folder, 'queue/pid/master.pid'), 'utf8'));
  return {
    port,
    submission,
    async stop() {
      process.kill(pid, 'SIGTERM');
      if (!(await hasEnded(pid, 30_000))) throw new Error('Postfix does not end');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** As `postfix check` would make it. */
async function prepareQueue(folder: string): Promise<void> {
  const idOf = (args: string[]) => Number(execFileSync('id', args, { encoding: 'utf8', timeout: 10_000 }));
  const [uid, gid] = [idOf(['-u', 'postfix']), idOf(['-g', 'postfix'])];
  const own = [
    'active',
    'bounce',
    'corrupt',
    'defer',
    'deferred',
    'flush',
    'hold',
    'incoming',
    'private',
    'public',
    'saved',
  ];
  for (const name of [...own, 'trace', 'maildrop', 'pid']) {
    const path = join(folder, 'queue', name);
    await mkdir(path);
    await chown(path, name === 'pid' ? 0 : uid, name === 'pid' ? 0 : gid);
    await chmod(path, name === 'pid' ? 0o755 : 0o700);
  }
  await chown(join(folder, 'data'), uid, gid);
}

function settings(folder: string, { tls, dovecot, boxes, routes }: World): string {
  const domains = [...new Set(Object.keys(boxes).map((address) => address.split('@')[1] ?? ''))];
  return `
compatibility_level = 3.6
queue_directory = ${folder}/queue
data_directory = ${folder}/data
command_directory = /usr/sbin
daemon_directory = ${daemons}
mail_owner = postfix
setgid_group = postdrop
maillog_file = ${folder}/log
maillog_file_prefixes = ${folder}
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
smtp_dns_support_level = disabled
myhostname = localhost
mynetworks = 192.0.2.1/32
mydestination =
alias_maps =
local_recipient_maps =
recipient_delimiter = +
virtual_mailbox_domains = ${domains.join(' ')}
virtual_mailbox_base = ${dovecot.mailboxes}
virtual_mailbox_maps = texthash:${folder}/conf/boxes
virtual_uid_maps = static:${dovecot.owner.uid}
virtual_gid_maps = static:${dovecot.owner.gid}
virtual_minimum_uid = 1
relay_domains = ${Object.keys(routes).join(' ')}
transport_maps = texthash:${folder}/conf/routes
smtpd_relay_restrictions = reject_unauth_destination
smtpd_tls_cert_file = ${tls.certificate}
smtpd_tls_key_file = ${tls.key}
smtpd_tls_security_level = may
smtpd_tls_received_header = yes
smtpd_sasl_type = dovecot
smtpd_sasl_path = inet:127.0.0.1:${dovecot.authPort}
`;
}

function services(port: number, submission: number): string {
  const own = [
    'cleanup',
    'qmgr',
    'tlsmgr',
    'rewrite:trivial-rewrite',
    'bounce',
    'defer:bounce',
    'trace:bounce',
    'proxymap',
  ];
  const deliver = ['smtp', 'error', 'retry:error', 'virtual', 'anvil', 'scache'];
  const lines = [...own, ...deliver].map((service) => {
    const [name = '', command = name] = service.split(':');
    const mayAlone = ['qmgr', 'tlsmgr', 'anvil', 'scache'].includes(name) ? '1' : '0';
    const isPrivate = ['cleanup', 'qmgr'].includes(name) ? 'n' : '-';
    return `${name} unix ${isPrivate} ${name === 'virtual' ? 'n' : '-'} n ${name === 'qmgr' ? '300' : '-'} ${mayAlone} ${command}`;
  });
  return `
127.0.0.1:${port} inet n - n - - smtpd
127.0.0.1:${submission} inet n - n - - smtpd
  -o smtpd_tls_security_level=encrypt
  -o smtpd_sasl_auth_enable=yes
  -o smtpd_relay_restrictions=permit_sasl_authenticated,reject
  -o smtpd_reject_unlisted_recipient=no
${lines.join('\n')}
postlog unix-dgram n - n - 1 postlogd
`;
}
