import { spawn } from 'node:child_process';

/**
 * Runs a program to its end and keeps what it wrote.
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
    let output = '';
    /** @param {Buffer} chunk */
    const keep = (chunk) => (output += chunk.toString('utf8'));
    child.stdout.on('data', keep);
    child.stderr.on('data', keep);
    child.once('error', (error) => resolve({ ok: false, output: error.message }));
    child.once('close', (code, signal) => {
      if (signal === 'SIGTERM') output += `\nit took longer than ${Math.round(timeoutMs / 60_000)} minutes`;
      resolve({ ok: code === 0, output });
    });
  });
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
