import { z } from 'zod';
import { filesPerMessage, nameLength, poolNameLength, subjectLength, tagCount, tagLength } from './limits.ts';
import { actions, directions, isPossible } from './filter-actions.ts';
import { conditions } from './filters.ts';
import {
  account,
  address,
  block,
  body,
  contact,
  domain,
  filter,
  id,
  optionalText,
  pool,
  template,
  text,
  ticket,
} from './inputs.ts';
import { templateLength } from './templates.ts';
import { channels, priorities, roles, statuses, visibilities } from './ticket.ts';

/** Whose filter it is, and for which mail. */
const scope = { direction: z.enum(directions).default('in'), isMine: z.boolean().default(false) };

// Every write has a name and one schema, which the door (socket, form, API, mail) parses before anything else.

export const commands = {
  'ticket.create': z.object({
    ticket: id.optional(),
    subject: text(subjectLength),
    description: optionalText(20_000).default(''),
    pool: id,
    kind: optionalText(60).default(''),
    status: z.enum(['draft', 'open']).default('open'),
    visibility: z.enum(visibilities).default('public'),
    priority: z.enum(priorities).default('normal'),
    channel: z.enum(channels).default('hand'),
    tags: z.array(text(tagLength)).max(tagCount).default([]),
    requester: id.nullable().default(null),
    member: id.nullable().default(null),
    group: id.nullable().default(null),
    due: z.iso.datetime().nullable().default(null),
  }),
  'ticket.claim': ticket,
  'ticket.release': ticket,
  'ticket.assign': ticket.extend({ member: id.nullable().default(null), group: id.nullable().default(null) }),
  'ticket.move': ticket.extend({ pool: id }),
  'ticket.change': ticket.extend({
    subject: text(subjectLength).optional(),
    kind: optionalText(60).optional(),
    priority: z.enum(priorities).optional(),
    tags: z.array(text(tagLength)).max(tagCount).optional(),
    requester: id.nullable().optional(),
    due: z.iso.datetime().nullable().optional(),
    /** Until a customer answers, or a date. */
    deferred: z
      .union([z.literal('answer'), z.iso.datetime()])
      .nullable()
      .optional(),
  }),
  'ticket.setStatus': ticket.extend({ status: z.enum(statuses) }),
  'ticket.setVisibility': ticket.extend({ visibility: z.enum(visibilities) }),
  'ticket.close': ticket.extend({
    inform: z.boolean().default(true),
    text: body.default(''),
    /** What was said so far goes along. */
    history: z.boolean().default(true),
  }),
  'ticket.reopen': ticket,
  'ticket.consult': ticket.extend({
    kind: z.enum(['statement', 'forward']),
    to: z.array(address).min(1).max(10),
    html: body.min(1),
    /** What customers read of the course goes along. */
    history: z.boolean().default(true),
    files: z.array(id).max(filesPerMessage).default([]),
    /** Who reads the answer. */
    answers: z.enum(visibilities).default('internal'),
  }),
  'ticket.support': ticket.extend({ member: id }),
  'ticket.unsupport': ticket.extend({ member: id }),
  'ticket.read': ticket.extend({ at: z.iso.datetime() }),
  'message.post': ticket.extend({
    message: id.optional(),
    kind: z.enum(['message', 'comment', 'update']),
    visibility: z.enum(visibilities),
    html: body,
    /** Files uploaded before, not yet hung on a message. */
    files: z.array(id).max(filesPerMessage).default([]),
    /** What a member's message to the customers is for; wrapped and mailed accordingly, whatever the rule for plain ones. */
    occasion: z.enum(['message', 'question', 'interim']).default('message'),
    /** With a question: the ticket rests until a customer answers. */
    defer: z.boolean().default(false),
    /** With interim information: what was said so far goes along. */
    history: z.boolean().default(true),
  }),
  'message.edit': z.object({ message: id, html: body.min(1) }),
  'message.withdraw': z.object({ message: id }),
  /** While its mail waits: the words come back to their writer. */
  'message.takeBack': z.object({ message: id }),
  'file.add': ticket.extend({
    visibility: z.enum(visibilities),
    name: text(255),
    mime: text(120),
    size: z.int().min(0),
    sha256: z.string().regex(/^[0-9a-f]{64}$/),
    storageKey: text(200),
  }),
  /** Once more those of a message, to be sent with other words; internal and loose until then. */
  'file.copy': z.object({ message: id }),
  'file.show': z.object({ file: id, visibility: z.enum(visibilities) }),
  'file.remove': z.object({ file: id }),
  'link.revoke': z.object({ link: id }),
  'contact.create': contact.extend({ name: text(120) }),
  'contact.change': contact.extend({ contact: id, name: text(120).optional() }),
  'pool.create': pool.extend({ name: text(poolNameLength) }),
  'pool.change': pool.extend({ pool: id, name: text(poolNameLength).optional() }),
  'pool.place': z.object({ pool: id, after: id.nullable() }),
  'pool.archive': z.object({ pool: id, isArchived: z.boolean() }),
  'pool.delete': z.object({ pool: id, moveTicketsTo: id.nullable().default(null) }),
  'pool.setAccess': z.object({
    pool: id,
    member: id.nullable().default(null),
    group: id.nullable().default(null),
    allowed: z.boolean(),
  }),
  'group.create': z.object({ name: text(nameLength) }),
  'group.change': z.object({ group: id, name: text(nameLength).optional(), isArchived: z.boolean().optional() }),
  'group.setMember': z.object({ group: id, member: id, isMember: z.boolean() }),
  'member.invite': z.object({
    email: address,
    name: text(nameLength),
    role: z.enum(roles),
    language: z.enum(['de', 'en']).default('de'),
  }),
  'invitation.revoke': z.object({ invitation: id }),
  'member.change': z.object({
    member: id,
    name: text(nameLength).optional(),
    role: z.enum(roles).optional(),
    language: z.enum(['de', 'en']).optional(),
    isActive: z.boolean().optional(),
  }),
  'workspace.change': z.object({
    name: text(nameLength).optional(),
    accent: z
      .string()
      .regex(/^#[0-9a-f]{6}$/)
      .optional(),
    language: z.enum(['de', 'en']).optional(),
    senderName: optionalText(nameLength).optional(),
    /** What an agent writes leaves as a mail by itself. */
    mailsMessages: z.boolean().optional(),
    /** The group that a pool names becomes responsible for its new tickets. */
    assignsGroups: z.boolean().optional(),
    undoSeconds: z.int().min(0).max(30).optional(),
  }),
  'template.change': template.extend({ body: text(templateLength) }),
  'template.reset': template,
  'block.create': block.extend({ name: text(nameLength), isMine: z.boolean().default(false) }),
  'block.change': block.partial().extend({ block: id, name: text(nameLength).optional() }),
  'block.delete': z.object({ block: id }),
  'block.renameFolder': z.object({
    folder: text(poolNameLength),
    name: text(poolNameLength),
    isMine: z.boolean().default(false),
  }),
  'account.create': account.extend({ name: text(nameLength), address, pool: id, kind: z.enum(['imap', 'smtp']) }),
  'account.change': account.extend({
    account: id,
    name: text(nameLength).optional(),
    pool: id.optional(),
    isPaused: z.boolean().optional(),
  }),
  'account.archive': z.object({ account: id }),
  'account.check': z.object({ account: id }),
  'account.connect': z.object({
    account: id,
    provider: z.enum(['google', 'microsoft', 'other']),
    token: z.string().min(1).max(8192),
  }),
  'dkim.create': z.object({ domain }),
  'dkim.change': z.object({ domain, isOn: z.boolean() }),
  'dkim.delete': z.object({ domain }),
  'mail.retry': z.object({ mail: id }),
  'mail.take': z.object({ mail: id }),
  'mail.letGo': z.object({ mail: id }),
  'mail.archive': z.object({ mail: id }),
  'mail.ignore': z.object({ mail: id }),
  'mail.restore': z.object({ mail: id }),
  'mail.makeTicket': z.object({
    mail: id,
    ticket: id.optional(),
    subject: text(subjectLength),
    pool: id,
    visibility: z.enum(visibilities).default('public'),
    priority: z.enum(priorities).default('normal'),
    tags: z.array(text(tagLength)).max(tagCount).default([]),
    member: id.nullable().default(null),
    group: id.nullable().default(null),
    /** Who asks, where that is not the sender. */
    requester: id.nullable().default(null),
    /** For a sender whom nobody knows yet. */
    name: optionalText(120).default(''),
    phone: optionalText(40).default(''),
    confirms: z.boolean().default(false),
  }),
  'filter.create': filter
    .extend({ name: text(nameLength), conditions, actions, ...scope })
    .refine((input) => isPossible(input.actions, input), { path: ['actions'] }),
  'filter.change': filter.extend({
    filter: id,
    name: text(nameLength).optional(),
    conditions: conditions.optional(),
    actions: actions.optional(),
    isActive: z.boolean().optional(),
  }),
  'filter.place': z.object({ filter: id, after: id.nullable() }),
  'filter.delete': z.object({ filter: id }),
  'filter.try': filter
    .extend({
      conditions,
      actions,
      ...scope,
      /** In whose place; null is a new one. */ filter: id.nullable().default(null),
    })
    .refine((input) => isPossible(input.actions, input), { path: ['actions'] }),
  'mail.attach': z.object({ mail: id, number: z.int().min(1).max(999_999_999), isPublic: z.boolean().default(false) }),
  'images.trust': z.object({ address, isTrusted: z.boolean() }),
  'outgoing.retry': z.object({ outgoing: id }),
  'outgoing.cancel': z.object({ outgoing: id }),
  'outgoing.note': z.object({ outgoing: id }),
} satisfies Record<string, z.ZodType>;

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
