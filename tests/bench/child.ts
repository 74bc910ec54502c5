import { fork } from 'node:child_process';
import { once } from 'node:events';

export type Child<Ask, Answer> = {
  pid: number;
  ask(question: Ask): Promise<Answer>;
  stop(): Promise<void>;
};

type Options = { env?: Record<string, string>; nodeArgs?: string[] };

const answerMs = 120_000;

/**
 * A program of the benchmark in a process of its own, since who measures must not steal the time of what is measured. It is
 * asked one thing after the other, and ends when it is told to or when this process has gone.
 */
export function startChild<Ask extends object, Answer>(
  program: string,
  { env = {}, nodeArgs = [] }: Options = {},
): Child<Ask, Answer> {
  const child = fork(new URL(program, import.meta.url), {
    env: { ...process.env, ...env },
    execArgv: [...process.execArgv, ...nodeArgs],
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  const ended = once(child, 'exit');
  const gone = ended.then(([code]) => Promise.reject(new Error(`${program} ended by itself (${String(code)})`)));
  gone.catch(() => undefined);
  return {
    pid: child.pid ?? 0,
    async ask(question) {
      const answered = once(child, 'message', { signal: AbortSignal.timeout(answerMs) });
      child.send(question);
      // What the other side of `serve` returns; the channel carries no types.
      const [answer] = (await Promise.race([answered, gone])) as [Answer];
      return answer;
    },
    async stop() {
      if (child.exitCode === null) child.kill('SIGKILL');
      await ended;
    },
  };
}

/** The other side: answers each question in turn. */
export function serve<Ask, Answer>(answer: (question: Ask) => Promise<Answer>): void {
  process.on('message', (question: Ask) => {
    answer(question).then(
      (value) => process.send?.(value ?? null),
      (error: unknown) => {
        console.error(error);
        process.exit(1);
      },
    );
  });
  process.once('disconnect', () => process.exit(0));
}
