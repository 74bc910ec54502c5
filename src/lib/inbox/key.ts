/** What pages that show or count waiting mail depend on. */
export const inboxKey = 'lotse:inbox';
