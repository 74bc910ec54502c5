import type { Server } from 'node:http';

/** What runs for as long as the process: each part is started in turn and stopped in reverse. */
export type Part = {
  stop(): Promise<void>;
  /** For what /readyz tells; absent means ready once started. */
  isReady?(): boolean | Promise<boolean>;
  /** This process cannot work for anybody while others can: /readyz is 503. Absent means never. */
  isHung?(): boolean | Promise<boolean>;
};

export type Context = {
  server: Server;
  /** The login the server works under; row-level security decides what it sees. */
  databaseUrl: string;
  /** The owner's, for what migrates schemas of its own. */
  ownerUrl: string;
};
