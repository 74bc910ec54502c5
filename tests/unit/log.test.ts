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
