import { expect, test } from 'vitest';
import { needs, runs, whyNot } from '#server/setup/test-needs.mjs';

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

const postfix = needs.find(({ debian }) => debian === 'postfix') ?? expect.fail('nobody needs Postfix');

test.each([
  // What is here, as whom, and why its tests are left out.
  [[], true, null],
  [postfix.programs, true, null],
  [[...postfix.programs, 'sendmail'], true, null],
  [['sendmail'], true, /installing postfix would remove the one that is here/],
  [[], false, /begins as root alone/],
  // Here, and yet nobody but root can start it: the tests are not left out in silence.
  [[...postfix.programs, 'sendmail'], false, /begins as root alone/],
])('with %j here and root %s, tests with Postfix are left out for %s', (here, asRoot, why) => {
  const has = (programs: string[]) => programs.some((program) => here.includes(program));
  const said = whyNot(postfix, { asRoot, has });
  if (why) expect(said).toMatch(why);
  else expect(said).toBeNull();
});

test('what all can start is never left out', () => {
  const others = needs.filter((need) => need !== postfix);
  expect(others.map((need) => whyNot(need, { asRoot: false, has: () => false })).filter(Boolean)).toEqual([]);
});
