/** What the set-up tells: one line for what it does, one plain sentence for what is wrong. */

/** A failure the person can mend; only its sentence is shown. */
export class Sentence extends Error {}

/** @param {string} line */
export function say(line) {
  // On the error stream, so that a command's own output stays alone on the other.
  process.stderr.write(`${line}\n`);
}

/**
 * @param {unknown} error
 * @returns {string}
 */
export function sentenceFor(error) {
  if (error instanceof Sentence) return error.message;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const path = error instanceof Error && 'path' in error ? String(error.path) : 'this folder';
  if (code === 'ENOSPC' || code === 'EDQUOT') return `The disk is full: nothing more can be written to ${path}.`;
  if (code === 'EACCES' || code === 'EPERM' || code === 'EROFS') return notWritable(path);
  return `The set-up failed: ${error instanceof Error ? error.message.split('\n')[0] : String(error)}.`;
}

/**
 * What a program wrote, as one sentence.
 * @param {string} what it was to do, like "The packages could not be installed"
 * @param {string} output
 * @returns {string}
 */
export function sentenceFromOutput(what, output) {
  if (isFull(output)) return `${what}: the disk is full.`;
  if (
    /ENOTFOUND|EAI_AGAIN|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|ERR_SOCKET_TIMEOUT|Temporary failure resolving|Failed to fetch/i.test(
      output,
    )
  ) {
    return `${what}: the network cannot be reached; connect and start again.`;
  }
  if (/EACCES|EPERM|EROFS|Permission denied/i.test(output)) {
    return `${what}: ${notWritable(/(?:path|open|mkdir|unlink) '?([^\s']+)/.exec(output)?.[1] ?? 'this folder')}`;
  }
  // Programs print the place first, and npm its own code; the line that speaks of an error says most.
  const lines = output.split('\n').map((line) => line.replace(/^(npm error|npm ERR!|E:)\s*/i, '').trim());
  const telling = lines.filter(
    (line) => line !== '' && !/^code \w+$|^node:|^at |^[✔ℹ✗]|complete log|:$|with \d+ errors?:/.test(line),
  );
  const reason =
    telling.find((line) => /^\[[A-Z_]+\]|^E\w+ |error: /i.test(line)) ??
    telling.find((line) => /cannot|fail/i.test(line)) ??
    telling[0];
  return `${what}: ${(reason ?? 'no reason was given').replace(/\.$/, '')}.`;
}

/** @param {string} output */
export function isFull(output) {
  return /ENOSPC|EDQUOT|No space left on device/i.test(output);
}

/** @param {string} path */
function notWritable(path) {
  return `this user may not write to ${path}; it belongs to another one (perhaps an earlier start was as root).`;
}
