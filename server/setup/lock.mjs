import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { stateFolder } from './home.mjs';
import { say, Sentence } from './say.mjs';

/**
 * Two commands started at once on a fresh clone must not install into each other.
 * @template T
 * @param {string} project
 * @param {() => Promise<T>} work
 * @returns {Promise<T>}
 */
export async function alone(project, work) {
  const folder = stateFolder(project);
  const file = join(folder, 'setup.lock');
  mkdirSync(folder, { recursive: true, mode: process.getuid?.() === 0 ? 0o711 : 0o700 });
  const deadline = Date.now() + 20 * 60_000;
  for (let told = false; !take(file); told = true) {
    const holder = Number(readOr(file));
    if (!isAlive(holder)) rmSync(file, { force: true });
    else if (Date.now() > deadline)
      throw new Sentence(`Another set-up (process ${holder}) does not end; stop it and start again.`);
    else if (!told) say(`Waiting for another set-up (process ${holder}) …`);
    await pause(300);
  }
  const release = () => rmSync(file, { force: true });
  process.once('exit', release);
  try {
    return await work();
  } finally {
    process.off('exit', release);
    release();
  }
}

/** @param {string} file */
function take(file) {
  try {
    writeFileSync(file, String(process.pid), { flag: 'wx' });
    return true;
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'EEXIST') return false;
    throw error;
  }
}

/** @param {string} file */
function readOr(file) {
  try {
    return readFileSync(file, 'utf8');
  } catch {
    // Released between the question and the answer.
    return '';
  }
}

/** @param {number} pid */
function isAlive(pid) {
  if (!Number.isInteger(pid) || pid <= 0) return false;
  try {
    return process.kill(pid, 0);
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
