/** What administrators see of the workspace itself. Every read is the member's own: RLS gives others less, or nothing. */
export { accounts, type AccountSetting } from './settings/accounts.ts';
export { groupSettings, invitations, people, type GroupSetting, type Invited, type Person } from './settings/people.ts';
export { poolSettings, type PoolSetting } from './settings/pools.ts';
export { workspace, type WorkspaceSetting } from './settings/workspace.ts';
