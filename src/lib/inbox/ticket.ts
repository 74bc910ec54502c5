import type { CommandInput } from '#lib/shared/commands.ts';
import type { Priority, Visibility } from '#lib/shared/ticket.ts';

/** What the form asks for before a mail becomes a ticket. */
export type Choices = {
  subject: string;
  pool: string;
  /** `member:<id>`, `group:<id>` or nothing. */
  responsible: string;
  priority: Priority;
  tags: string[];
  visibility: Visibility;
  /** A contact's id where another than the sender asks; else nothing. */
  requester: string;
  name: string;
  phone: string;
  confirms: boolean;
};

type About = { mail: string; ticket: string };

export function inputFrom(choices: Choices, { mail, ticket }: About): CommandInput<'mail.makeTicket'> {
  const { responsible, requester, confirms, ...fields } = choices;
  const [kind, id = null] = responsible.split(':');
  return {
    ...fields,
    mail,
    ticket,
    requester: requester || null,
    // Of an internal ticket the customer hears nothing.
    confirms: confirms && choices.visibility === 'public',
    member: kind === 'member' ? id : null,
    group: kind === 'group' ? id : null,
  };
}
