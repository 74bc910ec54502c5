import { expect, test } from 'vitest';
import { Sentence, sentenceFor, sentenceFromOutput } from '#server/setup/say.mjs';

const what = 'The packages could not be installed';

test.each([
  [
    'no network',
    'npm error code EAI_AGAIN\nnpm error request to https://registry.example/x failed',
    'the network cannot be reached',
  ],
  ['a full disk', 'npm error code ENOSPC\nnpm error syscall write', 'the disk is full'],
  [
    'a folder of somebody else',
    'npm error code EACCES\nnpm error path /srv/lotse/node_modules\nnpm error errno -13',
    'may not write to /srv/lotse/node_modules',
  ],
  [
    'apt without a network',
    "E: Failed to fetch http://deb.example/x  Temporary failure resolving 'deb.example'",
    'the network cannot be reached',
  ],
  ['anything else', 'npm error code E404\nnpm error 404 Not Found - GET x', '404 Not Found'],
])('%s becomes one sentence', (_, output, part) => {
  const sentence = sentenceFromOutput(what, output);
  expect(sentence).toMatch(/^The packages could not be installed: [^\n]+\.$/);
  expect(sentence).toContain(part);
});

test('what the system refuses is said without a stack trace', () => {
  const full = Object.assign(new Error('ENOSPC: no space left on device, write'), {
    code: 'ENOSPC',
    path: '/srv/lotse/build',
  });
  expect(sentenceFor(full)).toBe('The disk is full: nothing more can be written to /srv/lotse/build.');
  expect(sentenceFor(new Sentence('Plain.'))).toBe('Plain.');
  expect(sentenceFor(new TypeError('x is not\n    at file.js:1'))).toBe('The set-up failed: x is not.');
});
