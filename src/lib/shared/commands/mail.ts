import { z } from 'zod';
import { actions, directions, isPossible } from '../filter-actions.ts';
import { conditions } from '../filters.ts';
import { account, address, domain, filter, id, optionalText, template, text } from '../inputs.ts';
import { nameLength, subjectLength, tagCount, tagLength } from '../limits.ts';
import { templateLength } from '../templates.ts';
import { priorities, visibilities } from '../ticket.ts';

// Of mail that comes and goes, and of what decides about it.

/** Whose filter it is, and for which mail. */
const scope = { direction: z.enum(directions).default('in'), isMine: z.boolean().default(false) };

export const mailCommands = {
  'template.change': template.extend({ body: text(templateLength) }),
  'template.reset': template,
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
      /** In whose place; null is a new one. */
      filter: id.nullable().default(null),
    })
    .refine((input) => isPossible(input.actions, input), { path: ['actions'] }),
  'mail.attach': z.object({ mail: id, number: z.int().min(1).max(999_999_999), isPublic: z.boolean().default(false) }),
  'images.trust': z.object({ address, isTrusted: z.boolean() }),
  'outgoing.retry': z.object({ outgoing: id }),
  'outgoing.cancel': z.object({ outgoing: id }),
  'outgoing.note': z.object({ outgoing: id }),
} satisfies Record<string, z.ZodType>;
