import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { chmod, chown, mkdir, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { connect, createServer } from 'node:net';
import { tmpdir, userInfo } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { ImapFlow } from 'imapflow';

export const password = 'geheim';

export type Dovecot = Awaited<ReturnType<typeof startDovecot>>;

/** A certificate, its key and who signed it, as files. */
export type Certificate = { authority: string; certificate: string; key: string };

/**
 * A real IMAP server of our own, as root or not: every user name is a fresh mailbox, the password is `password`. With a
 * certificate it speaks TLS from the first byte at `tlsPort`, and takes no password in clear.
 */
export async function startDovecot({ tls }: { tls?: Certificate } = {}) {
  const folder = await mkdtemp(join(tmpdir(), 'dovecot-'));
  const port = await freePort();
  const tlsPort = tls ? await freePort() : 0;
  const authPort = await freePort();
  const configuration = join(folder, 'dovecot.conf');
  await mkdir(join(folder, 'mail'));
  const { uid, gid } = mailOwner;
  await chmod(folder, 0o755);
  await chown(join(folder, 'mail'), uid, gid);
  await writeFile(configuration, settings(folder, { port, tlsPort, authPort, tls }));
  let server = await launch();

  async function launch(): Promise<ChildProcess> {
    // A group of its own: a crash takes the login and mail processes along with their master.
    const started = spawn('dovecot', ['-F', '-c', configuration], { detached: true, stdio: 'ignore', env: { PATH } });
    const failed = once(started, 'exit').then(() => Promise.reject(new Error('Dovecot did not start')));
    failed.catch(() => undefined);
    await Promise.race([greeting(port), failed]);
    return started;
  }

  async function end(signal: 'SIGTERM' | 'SIGKILL'): Promise<void> {
    if (server.exitCode !== null || server.signalCode !== null || !server.pid) return;
    const ended = once(server, 'exit');
    process.kill(signal === 'SIGKILL' ? -server.pid : server.pid, signal);
    await ended;
  }

  return {
    port,
    tlsPort,
    /** Where an SMTP server asks whether a password is right. */
    authPort,
    /** Each mailbox is a Maildir in it, named as its user. */
    mailboxes: join(folder, 'mail'),
    owner: mailOwner,
    /** Another mail program at the same mailbox. */
    async visit<T>(user: string, work: (client: ImapFlow) => Promise<T>): Promise<T> {
      const auth = { user, pass: password };
      const way = tls
        ? { host: 'localhost', port: tlsPort, secure: true, tls: { ca: await readFile(tls.authority) } }
        : { host: '127.0.0.1', port, secure: false, doSTARTTLS: false };
      const client = new ImapFlow({ ...way, auth, logger: false });
      client.on('error', () => undefined);
      await client.connect();
      try {
        await client.mailboxOpen('INBOX');
        return await work(client);
      } finally {
        await client.logout();
      }
    },
    log: () => readFile(join(folder, 'log'), 'utf8'),
    kill: () => end('SIGKILL'),
    /** Does nothing while it runs. */
    async start() {
      if (server.exitCode === null && server.signalCode === null) return;
      server = await launch();
    },
    /** What a migrated or restored server does: the same mails under new numbers. Only while it is down. */
    async renumber(user: string): Promise<void> {
      const box = join(folder, 'mail', user);
      const list = await readFile(join(box, 'dovecot-uidlist'), 'utf8');
      const mails = list.split('\n').slice(1).filter(Boolean);
      const head = list.split('\n')[0] ?? '';
      const renumbered = mails.map((line, index) => line.replace(/^\d+/, String(index + 1)));
      const newHead = head.replace(/V\d+/, 'V77').replace(/N\d+/, `N${mails.length + 1}`);
      await writeFile(join(box, 'dovecot-uidlist'), [newHead, ...renumbered, ''].join('\n'));
      for (const name of [
        'dovecot.index',
        'dovecot.index.log',
        'dovecot.index.cache',
        'dovecot.list.index',
        'dovecot.list.index.log',
      ])
        await rm(join(box, name), { force: true });
    },
    async stop() {
      await end('SIGTERM');
      await rm(folder, { recursive: true, force: true });
    },
  };
}

// Debian keeps Dovecot where an ordinary user's PATH does not look.
const PATH = [process.env['PATH'], '/usr/sbin', '/usr/local/sbin', '/sbin'].join(delimiter);

const { username, ...me } = userInfo();
const isRoot = me.uid === 0;
// Dovecot reads no mail as root.
const mailOwner = isRoot ? { uid: 65534, gid: 65534 } : me;

type Settings = { port: number; tlsPort: number; authPort: number; tls: Certificate | undefined };

function settings(folder: string, { port, tlsPort, authPort, tls }: Settings): string {
  return `
base_dir = ${folder}/run
state_dir = ${folder}/run
instance_name = ${folder}
log_path = ${folder}/log
protocols = imap
listen = 127.0.0.1
${tls ? `ssl = required\nssl_cert = <${tls.certificate}\nssl_key = <${tls.key}` : 'ssl = no'}
disable_plaintext_auth = ${tls ? 'yes' : 'no'}
auth_failure_delay = 0 secs
mail_fsync = never
mailbox_idle_check_interval = 1 secs
mail_location = maildir:${folder}/mail/%u
first_valid_uid = 1
first_valid_gid = 0
${isRoot ? '' : `default_internal_user = ${username}\ndefault_internal_group =\ndefault_login_user = ${username}`}
passdb {
  driver = static
  args = password=${password}
}
userdb {
  driver = static
  args = uid=${mailOwner.uid} gid=${mailOwner.gid} home=${folder}/mail/%u
}
service imap-login {
  ${isRoot ? '' : 'chroot ='}
  inet_listener imap {
    port = ${port}
  }
  inet_listener imaps {
    port = ${tlsPort}
    ssl = yes
  }
}
service auth {
  inet_listener {
    address = 127.0.0.1
    port = ${authPort}
  }
}
service anvil {
  ${isRoot ? '' : 'chroot ='}
  unix_listener anvil-auth-penalty {
    mode = 0
  }
}
service imap {
  process_limit = 64
}
`;
}

async function greeting(port: number): Promise<void> {
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    const said = await Promise.race([once(socket, 'data'), once(socket, 'error'), once(socket, 'close')]).catch(
      () => [],
    );
    socket.destroy();
    if (String(said[0]).startsWith('* OK')) return;
    await setTimeout(20);
  }
}

/** Below those that the system lends to clients: it is needed again after a restart, and nobody may have it meanwhile. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(10_000, 32_000);
    const probe = createServer();
    const isFree = once(probe, 'listening').then(
      () => true,
      () => false,
    );
    probe.listen(port, '127.0.0.1');
    if (!(await isFree)) continue;
    await new Promise((resolve) => probe.close(resolve));
    return port;
  }
}
