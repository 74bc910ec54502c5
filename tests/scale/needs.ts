import { databaseConnections } from '#server/config-schema.ts';
import { mailMs, type Constants } from './constants.ts';
import type { Outcome } from './run.ts';
import { wholesomeLoad } from './scenario.ts';

/** What has to be bought for a desk, beside its storage. */
export function needs({ scenario }: Outcome, costs: Constants) {
  const { viewers, processes, databaseCores, commandsPerHour, mailsPerHour } = scenario;
  const perS = (perHour: number) => (perHour * viewers) / 3_600;
  // The outbox, the jobs and the wake-ups come through the same pool of each process.
  return {
    processes,
    databaseCores,
    connections: processes * databaseConnections,
    memoryGb: (viewers * costs.viewerKib) / 1024 ** 2,
    logMbPerS: ((perS(commandsPerHour) + perS(mailsPerHour)) * costs.logKb) / 1024,
    mailProcesses: Math.ceil((perS(mailsPerHour) * mailMs(costs)) / 1_000 / costs.cores / wholesomeLoad),
  };
}
