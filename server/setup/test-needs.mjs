import { accessSync, constants, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { isRoot } from './home.mjs';
import { runQuietly } from './run-program.mjs';
import { say, Sentence, sentenceFromOutput } from './say.mjs';

/**
 * `rootOnly`: nobody else could run it, so it is left out then. `unless`: where this program is, installing it would
 * remove what is there. `answers`: what its package would ask.
 * @typedef {{
 *   projects: string[], what: string, programs: string[], debian: string,
 *   rootOnly?: boolean, unless?: string, answers?: string[]
 * }} Need
 */

/** @type {Need[]} */
export const needs = [
  { projects: ['mail'], what: 'a real IMAP server', programs: ['dovecot'], debian: 'dovecot-imapd' },
  {
    projects: ['mail'],
    what: 'a real SMTP server',
    programs: ['/usr/lib/postfix/sbin/master'],
    debian: 'postfix',
    rootOnly: true,
    // Every mail server brings this program, and Debian has one at a time: whose machine has another keeps it.
    unless: 'sendmail',
    // The package starts no server of its own, which would take port 25: the tests start theirs.
    answers: ['postfix postfix/main_mailer_type select No configuration'],
  },
  { projects: ['processes', 'browser'], what: 'a real Redis', programs: ['redis-server'], debian: 'redis-server' },
  { projects: ['processes'], what: 'the proxies of docs/proxy (nginx)', programs: ['nginx'], debian: 'nginx' },
  { projects: ['processes'], what: 'HAProxy', programs: ['haproxy'], debian: 'haproxy' },
  { projects: ['processes'], what: 'Caddy', programs: ['caddy'], debian: 'caddy' },
  {
    projects: ['browser'],
    what: 'a real browser',
    programs: [
      'chromium',
      'chromium-browser',
      'google-chrome',
      '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    ],
    debian: 'chromium',
  },
];

/**
 * Which of the test projects a command line runs.
 * @param {string[]} args
 * @param {string} project
 */
export function runs(args, project) {
  const named = args.flatMap((arg, i) =>
    args[i - 1] === '--project' ? [arg] : arg.startsWith('--project=') ? [arg.slice(10)] : [],
  );
  const files = args.filter((arg) => arg.startsWith('tests/'));
  if (named.length > 0) return named.includes(project) || named.some((name) => /[*!]/.test(name));
  return files.length === 0 || files.some((file) => `${file}/`.startsWith(`tests/${project}/`));
}

/**
 * Installs what is missing where we may, and otherwise says how.
 * @param {string[]} args
 * @returns {Promise<Record<string, string>>} the programs, for the tests
 */
export async function provideForTests(args) {
  const wanted = needs.filter(({ projects }) => projects.some((project) => runs(args, project)));
  const here = { asRoot: isRoot, has: (/** @type {string[]} */ programs) => find({ programs }) !== undefined };
  const omitted = wanted.flatMap((need) => whyNot(need, here) ?? []);
  omitted.forEach(say);
  const missing = wanted.filter((need) => !find(need) && whyNot(need, here) === null);
  if (missing.length > 0) await installPackages(missing);
  const chromium = find(needs.find(({ debian }) => debian === 'chromium'));
  return chromium ? { LOTSE_CHROMIUM: chromium } : {};
}

/**
 * Why the tests that need it are left out here, whether it is here or not; null where they run once it is.
 * @param {Need} need
 * @param {{ asRoot: boolean, has: (programs: string[]) => boolean }} here
 * @returns {string | null}
 */
export function whyNot({ what, debian, programs, rootOnly, unless }, { asRoot, has }) {
  if (rootOnly && !asRoot)
    return `Tests with ${what} (${debian}) are left out: it gives up root's rights itself, so it begins as root alone.`;
  if (unless && !has(programs) && has([unless]))
    return `Tests with ${what} are left out: installing ${debian} would remove the one that is here.`;
  return null;
}

/** @param {Need[]} missing */
async function installPackages(missing) {
  const names = missing.map(({ debian }) => debian).join(' ');
  const what = `The tests need ${missing.map((need) => need.what).join(' and ')}`;
  const apt = find({ programs: ['apt-get'] });
  if (!apt) throw new Sentence(`${what}: install what Debian calls ${names} with your system's package manager.`);
  if (!isRoot) throw new Sentence(`${what}: run "sudo apt-get install --no-install-recommends ${names}" once.`);
  say(`Installing what the tests need (once): ${names} …`);
  const env = { DEBIAN_FRONTEND: 'noninteractive' };
  const options = [
    '-q',
    '-y',
    '-o',
    'Acquire::http::Timeout=30',
    '-o',
    'Acquire::Retries=2',
    '-o',
    'DPkg::Lock::Timeout=300',
  ];
  const run = (/** @type {string[]} */ args) =>
    runQuietly(apt, [...options, ...args], { cwd: '/', timeoutMs: 15 * 60_000, env });
  await run(['update']);
  await answerBefore(missing.flatMap(({ answers = [] }) => answers));
  const { ok, output } = await run(['install', '--no-install-recommends', ...names.split(' ')]);
  if (!ok) throw new Sentence(sentenceFromOutput(`apt-get could not install ${names}`, output));
}

/**
 * What packages would ask while they are installed.
 * @param {string[]} answers
 */
async function answerBefore(answers) {
  const debconf = find({ programs: ['debconf-set-selections'] });
  if (answers.length === 0 || !debconf) return;
  const folder = mkdtempSync(join(tmpdir(), 'lotse-'));
  const file = join(folder, 'answers');
  writeFileSync(file, `${answers.join('\n')}\n`);
  await runQuietly(debconf, [file], { cwd: '/', timeoutMs: 60_000 });
  rmSync(folder, { recursive: true });
}

/**
 * @param {{ programs: string[] } | undefined} need
 * @returns {string | undefined}
 */
function find(need) {
  // Debian keeps Dovecot where an ordinary user's PATH does not look.
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin', '/sbin'].filter(
    Boolean,
  );
  const candidates = (need?.programs ?? []).flatMap((name) =>
    name.startsWith('/') ? [name] : folders.map((folder) => join(folder, name)),
  );
  return candidates.find(isExecutable);
}

/** @param {string} path */
function isExecutable(path) {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    // Not there, or not for us.
    return false;
  }
}
