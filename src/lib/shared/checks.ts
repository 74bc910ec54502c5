// The check of a mail account: a mail to itself, seen to arrive, answered by the address that customers answer to.

/** Its steps in their order; each is done when its time is known. */
export const checkSteps = ['queued', 'sent', 'arrived', 'answered', 'found'] as const;
export type CheckStep = (typeof checkSteps)[number];

/** So long each step may take: servers that greylist ask for some minutes. */
export const checkMinutes = 6;

/** Why it failed. Codes are stored (lotse.account_checks.failure); each has its sentence in src/lib/admin/check-words.ts. */
export const checkFailures = [
  /** Nothing is set up to send by. */
  'send.noServer',
  'send.connection',
  'send.certificate',
  'send.password',
  'send.refused',
  /** It still waited in the outbox when the time was over. */
  'send.late',
  /** It came back as undeliverable. */
  'send.bounced',
  'read.connection',
  'read.certificate',
  'read.password',
  'read.folder',
  'read.trouble',
  'arrive.never',
  'arrive.junk',
  'arrive.elsewhere',
  /** The address to answer to did not come along, or was made another one. */
  'answer.noAddress',
  'answer.refused',
  'answer.never',
  'answer.junk',
  'answer.elsewhere',
  /** It came without what says which ticket it answers. */
  'answer.tokenLost',
  /** The account was archived meanwhile. */
  'account.gone',
] as const;
export type CheckFailure = (typeof checkFailures)[number];

export type Check = {
  id: string;
  state: 'running' | 'passed' | 'failed';
  failure: string;
  /** What a server said. */
  response: string;
  /** Where the mail lay instead. */
  folder: string;
  createdAt: string;
  sentAt: string | null;
  arrivedAt: string | null;
  answeredAt: string | null;
  foundAt: string | null;
  endedAt: string | null;
};

/** When each step was done; null for those that are not. */
export function timesOf(check: Check): Record<CheckStep, string | null> {
  return {
    queued: check.createdAt,
    sent: check.sentAt,
    arrived: check.arrivedAt,
    answered: check.answeredAt,
    found: check.foundAt,
  };
}
