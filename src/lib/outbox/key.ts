/** What pages that show or count an agent's outgoing mail depend on. */
export const outboxKey = 'lotse:outbox';
