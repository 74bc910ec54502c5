import { bills } from './stories/bills.ts';
import { heating } from './stories/heating.ts';
import { house } from './stories/house.ts';
import { it } from './stories/it.ts';
import { lift } from './stories/lift.ts';
import type { Channel, Priority, Status } from '#lib/shared/ticket.ts';

/** One ticket of the demo. Hours count back from now; who speaks is a key of cast.ts. */
export type Story = {
  pool: string;
  subject: string;
  customer: string | null;
  hours: number;
  channel?: Channel;
  priority?: Priority;
  tags?: string[];
  status?: Status;
  member?: string;
  group?: string;
  internal?: boolean;
  /** Hours from now; negative is overdue. */
  due?: number;
  /** Its last message was a question, and until that is answered it waits aside. */
  isAsked?: boolean;
  said: Said[];
};

/** Speaker (a customer, a colleague, or a colleague's internal comment as `key!`), text, hours ago, file of ./files. */
export type Said = [speaker: string, text: string, hours: number, file?: string];

/** Oldest first, as they arrived. */
export const stories: Story[] = [...heating, ...lift, ...bills, ...house, ...it].sort((a, b) => b.hours - a.hours);
