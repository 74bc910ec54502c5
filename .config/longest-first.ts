import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * About how many seconds the files take that take longest: begun first, so that none of them is left alone at the end. What is
 * not here takes less; a new file needs no line.
 */
const seconds: Record<string, number> = {
  'tests/processes/proxies.test.ts': 77,
  'tests/browser/large-board.test.ts': 63,
  'tests/mail/crash-out.test.ts': 54,
  'tests/browser/accessibility.test.ts': 48,
  'tests/processes/presence.test.ts': 47,
  'tests/mail/processes.test.ts': 43,
  'tests/browser/faults.test.ts': 43,
  'tests/browser/operation.test.ts': 40,
  'tests/database/access.test.ts': 40,
  'tests/mail/loop.test.ts': 37,
  'tests/browser/soak.test.ts': 27,
  'tests/database/embedded.test.ts': 25,
  'tests/database/realtime/worlds.test.ts': 25,
  'tests/browser/hostile-mail.test.ts': 20,
  'tests/browser/fresh-start.test.ts': 20,
  'tests/browser/moves.test.ts': 20,
  'tests/browser/story.test.ts': 20,
  'tests/browser/chaos.test.ts': 18,
};

export class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const { root } = this.ctx.config;
    const known = (file: TestSpecification) => seconds[relative(root, file.moduleId).replaceAll('\\', '/')] ?? 0;
    const order = ({ project }: TestSpecification) => project.config.sequence.groupOrder;
    const sorted = await super.sort(files);
    return sorted.toSorted((a, b) => order(a) - order(b) || known(b) - known(a));
  }
}
