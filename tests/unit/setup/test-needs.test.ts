import { expect, test } from 'vitest';
import { runs } from '#server/setup/test-needs.mjs';

test.each([
  [[], ['unit', 'database', 'mail', 'browser']],
  [['--project', 'unit'], ['unit']],
  [
    ['--project=mail', '--project', 'unit'],
    ['unit', 'mail'],
  ],
  [['tests/database/embedded.test.ts'], ['database']],
  [
    ['tests/browser', 'tests/unit'],
    ['unit', 'browser'],
  ],
  [
    ['-t', 'claims'],
    ['unit', 'database', 'mail', 'browser'],
  ],
  [
    ['--project', '!browser'],
    ['unit', 'database', 'mail', 'browser'],
  ],
])('%j runs %j, and only their needs are installed', (args, projects) => {
  expect(['unit', 'database', 'mail', 'browser'].filter((project) => runs(args, project))).toEqual(projects);
});
