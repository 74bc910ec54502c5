import type { Command, CommandName } from '#lib/shared/commands.ts';
import { AppError } from '#lib/shared/errors.ts';
import type { Actor } from '#server/database/actor.ts';
import * as accounts from './domain/accounts.ts';
import type { Act, Done } from './domain/act.ts';
import * as checks from './domain/checks.ts';
import * as consultations from './domain/consultations.ts';
import * as contacts from './domain/contacts.ts';
import * as dkim from './domain/dkim.ts';
import * as files from './domain/files.ts';
import { copiesOf } from './domain/files/copies.ts';
import * as filters from './domain/filters.ts';
import * as groups from './domain/groups.ts';
import * as images from './domain/images.ts';
import * as inbox from './domain/inbox.ts';
import * as invitations from './domain/invitations.ts';
import * as links from './domain/links.ts';
import * as mails from './domain/mails.ts';
import * as members from './domain/members.ts';
import * as messages from './domain/messages.ts';
import { takeBack } from './domain/messages/take-back.ts';
import * as outgoing from './domain/outgoing.ts';
import * as pools from './domain/pools.ts';
import * as blocks from './domain/text-blocks.ts';
import * as templates from './domain/templates.ts';
import * as tickets from './domain/tickets.ts';
import * as workspaces from './domain/workspaces.ts';

type Work = (act: Act) => Promise<unknown>;

/** Where one statement is the whole command, act and consequences. */
type Whole = { atOnce: (commandId: string) => Promise<Done<unknown>> };

/** What a command does. Whatever must happen before its transaction (a number drawn in one of its own) comes first. */
type Verbs = { [N in CommandName]: (input: Command<N>, actor: Actor) => Work | Whole | Promise<Work> };

function by<I>(verb: (act: Act, input: I) => Promise<unknown>): (input: I) => Work {
  return (input) => (act) => verb(act, input);
}

export const verbs: Verbs = {
  'ticket.create': async (input, actor) => {
    // Before a number is drawn for nothing.
    if (actor.kind === 'link' || actor.kind === 'contact') throw new AppError('forbidden');
    const number = await tickets.drawNumber(actor.workspaceId);
    return (act) => tickets.create(act, { ...input, number });
  },
  'ticket.claim': (input, actor) => ({ atOnce: (commandId) => tickets.claim(actor, input, commandId) }),
  'ticket.release': by(tickets.release),
  'ticket.assign': by(tickets.assign),
  'ticket.move': by(tickets.move),
  'ticket.change': by(tickets.change),
  'ticket.setStatus': by(tickets.setStatus),
  'ticket.setVisibility': by(tickets.setVisibility),
  'ticket.close': by(tickets.close),
  'ticket.reopen': by(tickets.reopen),
  'ticket.consult': by(consultations.consult),
  'ticket.support': by(tickets.support),
  'ticket.unsupport': by(tickets.unsupport),
  'ticket.read': by(tickets.read),
  'message.post': by(messages.post),
  'message.edit': by(messages.edit),
  'message.withdraw': by(messages.withdraw),
  'message.takeBack': by(takeBack),
  'file.add': by(files.add),
  'file.copy': async (input, actor) => {
    // Bytes first, rows second.
    const copies = await copiesOf(actor, input);
    return (act) => files.copy(act, copies);
  },
  'file.show': by(files.show),
  'file.remove': by(files.remove),
  'link.revoke': by(links.revoke),
  'contact.create': by(contacts.create),
  'contact.change': by(contacts.change),
  'pool.create': by(pools.create),
  'pool.change': by(pools.change),
  'pool.place': by(pools.place),
  'pool.archive': by(pools.archive),
  'pool.delete': by(pools.remove),
  'pool.setAccess': by(pools.setAccess),
  'group.create': by(groups.create),
  'group.change': by(groups.change),
  'group.setMember': by(groups.setMember),
  'member.invite': by(invitations.create),
  'invitation.revoke': by(invitations.revoke),
  'member.change': by(members.change),
  'workspace.change': by(workspaces.change),
  'template.change': by(templates.change),
  'template.reset': by(templates.reset),
  'block.create': by(blocks.create),
  'block.change': by(blocks.change),
  'block.delete': by(blocks.remove),
  'block.renameFolder': by(blocks.renameFolder),
  'account.create': by(accounts.create),
  'account.change': by(accounts.change),
  'account.archive': by(accounts.archive),
  'account.check': by(checks.ask),
  'account.connect': by(accounts.connect),
  'dkim.create': async (input, actor) => {
    // Before a key is made for nothing.
    if (actor.kind !== 'member') throw new AppError('forbidden');
    const pair = await dkim.newKeyPair();
    return (act) => dkim.create(act, { ...input, ...pair });
  },
  'dkim.change': by(dkim.change),
  'dkim.delete': by(dkim.remove),
  'mail.retry': by(mails.retry),
  'mail.take': by(inbox.take),
  'mail.letGo': by(inbox.letGo),
  'mail.archive': by(inbox.archive),
  'mail.ignore': by(inbox.ignore),
  'mail.restore': by(inbox.restore),
  'mail.makeTicket': async (input, actor) => {
    // Before a number is drawn for nothing.
    if (actor.kind !== 'member') throw new AppError('forbidden');
    const number = await tickets.drawNumber(actor.workspaceId);
    return (act) => inbox.makeTicket(act, { ...input, number });
  },
  'mail.attach': by(inbox.attach),
  'filter.create': by(filters.create),
  'filter.change': by(filters.change),
  'filter.place': by(filters.place),
  'filter.delete': by(filters.remove),
  'filter.try': by(filters.ask),
  'images.trust': by(images.trustSender),
  'outgoing.retry': by(outgoing.retry),
  'outgoing.cancel': by(outgoing.cancel),
  'outgoing.note': by(outgoing.note),
};
