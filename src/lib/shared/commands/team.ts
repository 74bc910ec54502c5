import { z } from 'zod';
import { address, block, contact, id, optionalText, pool, text } from '../inputs.ts';
import { nameLength, poolNameLength } from '../limits.ts';
import { roles } from '../ticket.ts';

// Of people, pools and what all of them share.

export const teamCommands = {
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
  'block.create': block.extend({ name: text(nameLength), isMine: z.boolean().default(false) }),
  'block.change': block.partial().extend({ block: id, name: text(nameLength).optional() }),
  'block.delete': z.object({ block: id }),
  'block.renameFolder': z.object({
    folder: text(poolNameLength),
    name: text(poolNameLength),
    isMine: z.boolean().default(false),
  }),
} satisfies Record<string, z.ZodType>;
