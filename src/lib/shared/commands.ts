import type { z } from 'zod';
import { mailCommands } from './commands/mail.ts';
import { teamCommands } from './commands/team.ts';
import { ticketCommands } from './commands/tickets.ts';

// Every write has a name and one schema, which the door (socket, form, API, mail) parses before anything else.

export const commands = { ...ticketCommands, ...teamCommands, ...mailCommands };

export type CommandName = keyof typeof commands;

/** Given by the server itself, never by a client: their input says where bytes lie. */
export const serverCommands: ReadonlySet<string> = new Set<CommandName>(['account.connect', 'file.add']);

/** What a caller sends. */
export type CommandInput<N extends CommandName> = z.input<(typeof commands)[N]>;
/** What a verb gets. */
export type Command<N extends CommandName> = z.output<(typeof commands)[N]>;

export function isCommandName(name: string): name is CommandName {
  return Object.hasOwn(commands, name);
}
