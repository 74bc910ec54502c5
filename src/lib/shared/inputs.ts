import { z } from 'zod';
import { bodyLength, poolNameLength } from './limits.ts';
import { occasions, templateLength } from './templates.ts';

// What inputs of commands are made of (commands.ts).

export const id = z.uuid();
export const ticket = z.object({ ticket: id });
export const text = (most: number) => z.string().trim().min(1).max(most);
export const optionalText = (most: number) => z.string().trim().max(most);
export const address = z.email().max(254).toLowerCase();
/** Of mail addresses. */
export const domain = z.string().trim().toLowerCase().regex(z.regexes.domain).max(253);
export const body = z.string().trim().max(bodyLength);

// Fields that are optional when creating have their default in the database, so that a change never resets one.
export const contact = z.object({
  salutation: z.enum(['', 'ms', 'mr', 'mx']).optional(),
  title: optionalText(40).optional(),
  phone: optionalText(40).optional(),
  language: z.enum(['de', 'en']).optional(),
  addresses: z.array(address).max(10).optional(),
  organisation: optionalText(120).optional(),
  remark: optionalText(4000).optional(),
});

export const pool = z.object({
  parent: id.nullable().optional(),
  isPublic: z.boolean().optional(),
  claimBeforeWork: z.boolean().optional(),
  notificationAddress: address.nullable().optional(),
  group: id.nullable().optional(),
});

export const account = z.object({
  imapHost: optionalText(253).optional(),
  imapPort: z.int().min(1).max(65_535).optional(),
  imapSecurity: z.enum(['tls', 'starttls', 'none']).optional(),
  imapUser: optionalText(254).optional(),
  /** By password, or by a token of whoever runs the mailbox. */
  imapAuth: z.enum(['password', 'google', 'microsoft', 'other']).optional(),
  /** Left out or empty, the stored one stays. */
  imapPassword: z.string().max(1024).optional(),
  imapFolder: text(250).optional(),
  afterStoring: z.enum(['leave', 'seen', 'move', 'delete']).optional(),
  moveToFolder: text(250).optional(),
  /** What of an old mailbox is taken up at the first look. */
  firstLook: z.enum(['now', 'days', 'all']).optional(),
  firstLookDays: z.int().min(1).max(3650).optional(),
  /** The mail server whose Authentication-Results (RFC 8601) are believed. */
  authservId: optionalText(253).optional(),
  hasPlusAddresses: z.boolean().optional(),
  sendsConfirmation: z.boolean().optional(),
  asksFirst: z.boolean().optional(),
  /** Empty: the installation's own relay. */
  smtpHost: optionalText(253).optional(),
  smtpPort: z.int().min(1).max(65_535).optional(),
  smtpSecurity: z.enum(['tls', 'starttls', 'none']).optional(),
  smtpUser: optionalText(254).optional(),
  /** By password, or by the token that opens the mailbox. */
  smtpAuth: z.enum(['password', 'token']).optional(),
  /** As for the mailbox. */
  smtpPassword: z.string().max(1024).optional(),
  /** How many mails the provider takes in a minute; null where we need not count. */
  smtpPerMinute: z.int().min(1).max(10_000).nullable().optional(),
});

export const template = z.object({ occasion: z.enum(occasions), language: z.enum(['de', 'en']) });

export const block = z.object({
  folder: optionalText(poolNameLength),
  de: optionalText(templateLength),
  en: optionalText(templateLength),
});

export const filter = z.object({
  joins: z.enum(['all', 'any']).optional(),
  stops: z.boolean().optional(),
});
