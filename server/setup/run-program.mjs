import { spawn } from 'node:child_process';
import { statfsSync } from 'node:fs';

const signals = /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']);

/**
 * Runs a program to its end and keeps what it wrote. It ends with us.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, timeoutMs: number, env?: Record<string, string | undefined> }} options
 * @returns {Promise<{ ok: boolean, output: string }>}
 */
export function runQuietly(command, args, { cwd, timeoutMs, env }) {
  return new Promise((resolve) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
      timeout: timeoutMs,
    });
    const forget = endTogether(child);
    const unwatch = watchDisk(cwd, child);
    let output = '';
    /** @param {Buffer} chunk */
    const keep = (chunk) => (output += chunk.toString('utf8'));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code, signal) => {
      forget();
      if (unwatch()) output = 'No space left on device';
      else if (signal === 'SIGTERM') output += `\nit took longer than ${Math.round(timeoutMs / 60_000)} minutes`;
      resolve({ ok: code === 0, output });
    });
  });
}

/** @param {import('node:child_process').ChildProcess} child */
function endTogether(child) {
  /** @param {NodeJS.Signals} signal */
  const end = (signal) => {
    child.kill(signal);
    process.exit(1);
  };
  for (const signal of signals) process.on(signal, end);
  return () => {
    for (const signal of signals) process.off(signal, end);
  };
}

/**
 * npm does not end on a full disk: it tries for ever.
 * @param {string} folder
 * @param {import('node:child_process').ChildProcess} child
 * @returns {() => boolean} ends the watch and tells whether the disk was full
 */
function watchDisk(folder, child) {
  let full = false;
  const timer = setInterval(() => {
    full ||= freeMegabytes(folder) < 2;
    if (full) child.kill('SIGKILL');
  }, 1_000);
  return () => {
    clearInterval(timer);
    return full;
  };
}

/** @param {string} folder */
export function freeMegabytes(folder) {
  const { bavail, bsize } = statfsSync(folder);
  return Math.floor((bavail * bsize) / 1024 ** 2);
}

/**
 * Runs a program in our place: its terminal is ours, and each signal to us is for it.
 * @param {string} command
 * @param {string[]} args
 * @param {{ cwd: string, env?: Record<string, string | undefined>, tie?: boolean }} options tie: it learns by a closed channel when we are killed
 * @returns {Promise<number>} its exit code
 */
export function runInstead(command, args, { cwd, env, tie = false }) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, {
      cwd,
      env: { ...process.env, ...env },
      stdio: tie ? ['inherit', 'inherit', 'inherit', 'ipc'] : 'inherit',
    });
    for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
      process.on(signal, () => child.kill(signal));
    child.once('error', reject);
    child.once('close', (code, signal) => resolve(code ?? (signal === 'SIGINT' ? 130 : 1)));
  });
}
