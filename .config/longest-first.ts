import { relative } from 'node:path';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/**
 * About how many seconds the files take that take longest: begun first, so that none of them is left alone at the end. What is
 * not here takes less; a new file needs no line.
 */
const seconds: Record<string, number> = {
  'tests/browser/large-board.test.ts': 75,
  'tests/processes/proxies.test.ts': 71,
  'tests/mail/crash-out.test.ts': 65,
  'tests/browser/accessibility.test.ts': 60,
  'tests/mail/crash.test.ts': 45,
  'tests/database/access.test.ts': 44,
  'tests/browser/operation.test.ts': 40,
  'tests/processes/presence.test.ts': 40,
  'tests/mail/loop.test.ts': 38,
  'tests/mail/imap-stalls.test.ts': 36,
  'tests/database/embedded.test.ts': 32,
  'tests/browser/faults.test.ts': 32,
  'tests/browser/troubles.test.ts': 30,
  'tests/browser/soak.test.ts': 29,
  'tests/browser/hostile-mail.test.ts': 28,
  'tests/browser/chaos.test.ts': 26,
  'tests/browser/outbox.test.ts': 25,
  'tests/browser/choosing.test.ts': 24,
  'tests/browser/inbox.test.ts': 24,
  'tests/mail/outbox.test.ts': 24,
  'tests/browser/fresh-start.test.ts': 23,
  'tests/browser/moves.test.ts': 22,
  'tests/mail/processes.test.ts': 20,
  'tests/mail/imap-misbehaving.test.ts': 20,
  'tests/browser/letters.test.ts': 20,
  'tests/browser/story.test.ts': 20,
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
