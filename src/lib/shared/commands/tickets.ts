import { z } from 'zod';
import { address, body, id, optionalText, text, ticket } from '../inputs.ts';
import { filesPerMessage, subjectLength, tagCount, tagLength } from '../limits.ts';
import { channels, priorities, statuses, visibilities } from '../ticket.ts';

// Of tickets, and what is said and shown on them.

export const ticketCommands = {
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
} satisfies Record<string, z.ZodType>;
