/** A pool as the list shows it. */
export type ListedPool = {
  id: string;
  parent: string | null;
  name: string;
  claimBeforeWork: boolean;
  open: number;
  members: string[];
  groups: string[];
  accounts: string[];
};
