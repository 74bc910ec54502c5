import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, openSync } from 'node:fs';
import { expect, test } from 'vitest';
import { describeError } from '#server/log.ts';

test('a database error keeps its code and loses the row it quotes', () => {
  const error = Object.assign(new Error('duplicate key: (address)=(mia@example.org)'), {
    name: 'PostgresError',
    code: '23505',
    constraint_name: 'contacts_address',
    detail: 'Key (address)=(mia@example.org) already exists.',
  });
  const described = describeError(new Error('cannot file the mail', { cause: error }));
  expect(described).toMatchObject({
    message: 'cannot file the mail',
    cause: { code: '23505', constraint: 'contacts_address' },
  });
  expect(JSON.stringify(described)).not.toContain('mia@');
});

test.runIf(existsSync('/dev/full'))('a full disk under the log costs lines, not the process', async () => {
  const full = openSync('/dev/full', 'w');
  const script = `
    const { log } = await import('#server/log.ts');
    for (let line = 0; line < 5_000; line++) log.error({ line }, 'said');
    setImmediate(() => process.stderr.write('still here'));
  `;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], { stdio: ['ignore', full, 'pipe'] });
  let said = '';
  child.stderr?.on('data', (piece: Buffer) => (said += piece.toString('utf8')));
  const [code] = (await once(child, 'close')) as [number | null];
  closeSync(full);
  expect({ code, said }).toEqual({ code: 0, said: 'still here' });
});
