import type { Card, Group, Person, Pool } from './board.ts';
import type { Status } from './ticket.ts';

/** A customer of a ticket, with his card (Kundenkarte) and his link. */
export type Customer = {
  id: string;
  salutation: '' | 'ms' | 'mr' | 'mx';
  title: string;
  name: string;
  phone: string;
  language: 'de' | 'en';
  organisation: string;
  remark: string;
  addresses: string[];
  isVerified: boolean;
  link: { id: string; expiresAt: string; revokedAt: string | null } | null;
};

/** One line about a ticket. */
export type Line = { number: number; subject: string; status: Status; createdAt: string };

/** Everything beside the conversation that the panel of a ticket shows. */
export type OpenTicket = {
  card: Card;
  description: string;
  kind: string;
  closedAt: string | null;
  createdBy: { id: string; name: string } | null;
  /** What is written to the customers leaves as a mail too. */
  mailsMessages: boolean;
  may: { work: boolean; handOver: boolean; claim: boolean };
  supporters: { id: string; name: string }[];
  customers: Customer[];
  /** Other tickets of the requester, newest first. */
  others: Line[];
  note: { generation: number };
  team: {
    people: Pick<Person, 'id' | 'name' | 'isActive'>[];
    groups: Pick<Group, 'id' | 'name'>[];
    pools: PoolChoice[];
  };
};

export type PoolChoice = Pick<Pool, 'id' | 'parent' | 'name' | 'isArchived'>;
