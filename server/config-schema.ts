import { BlockList, isIP } from 'node:net';
import { z } from 'zod';

/*
 * One entry for each setting in .env.example. Each message completes the sentence "PORT …"; values are never repeated in it,
 * because some of them are secrets.
 */

const url = (protocols: RegExp, what: string) => z.url({ protocol: protocols, error: `must be ${what}` });

const wholeNumber = (least: number, most: number) => {
  const error = `must be a whole number from ${least} to ${most}`;
  return z.coerce.number({ error }).int({ error }).min(least, { error }).max(most, { error });
};

const port = wholeNumber(0, 65_535);

const origin = url(/^https?$/, 'an address like https://desk.example.org').transform((value, context) => {
  const { origin: bare, pathname, search } = new URL(value);
  if (pathname === '/' && search === '') return bare;
  context.addIssue({ code: 'custom', message: 'must be an address without a path, like https://desk.example.org' });
  return z.NEVER;
});

/** Addresses and networks as one list that can be asked. */
const proxies = z.string().transform((value, context) => {
  const list = new BlockList();
  for (const entry of value
    .split(',')
    .map((part) => part.trim())
    .filter(Boolean)) {
    const [address = '', bits] = entry.split('/');
    const family = isIP(address);
    const most = family === 6 ? 128 : 32;
    const length = bits === undefined ? most : Number(bits);
    if (family === 0 || !Number.isInteger(length) || length < 0 || length > most) {
      context.addIssue({ code: 'custom', message: 'must list addresses or networks like 10.0.0.5, 10.1.0.0/16' });
      return z.NEVER;
    }
    list.addSubnet(address, length, family === 6 ? 'ipv6' : 'ipv4');
  }
  return list;
});

const domain = z.string().regex(/^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/i, {
  error: 'must be a domain like desk.example.org',
});

const domains = z.string().transform((value, context) => {
  const named = value
    .split(',')
    .map((part) => part.trim().toLowerCase())
    .filter(Boolean);
  if (named.every((each) => each.includes('.') && domain.safeParse(each).success)) return named;
  context.addIssue({ code: 'custom', message: 'must list domains like stadtnetz.example, uni.example' });
  return z.NEVER;
});

/** Connections of a process to the database. */
export const databaseConnections = 12;

export const settings = z.object({
  DATABASE_URL: url(/^postgres(ql)?$/, 'a PostgreSQL address like postgres://user:password@host:5432/lotse').optional(),
  DATABASE_CONNECTIONS: wholeNumber(4, 200).default(databaseConnections),
  REDIS_URL: url(/^rediss?$/, 'a Redis address like redis://user:password@host:6379').optional(),
  SUPABASE_URL: url(/^https?$/, 'the address of a Supabase project').optional(),
  SUPABASE_PUBLISHABLE_KEY: z.string().optional(),
  SUPABASE_SECRET_KEY: z.string().optional(),
  ORIGIN: origin.optional(),
  HOST: z.string().default('127.0.0.1'),
  PORT: port.default(3000),
  TRUSTED_PROXIES: proxies.prefault(''),
  BODY_SIZE_LIMIT: wholeNumber(64 * 1024, 1024 ** 3).default(26 * 1024 ** 2),
  SMTP_URL: url(/^smtps?$/, 'an address like smtps://user:password@mail.example.org').optional(),
  SMTP_IN_HOST: z.string().default('127.0.0.1'),
  SMTP_IN_PORT: port.optional(),
  MAIL_DOMAIN: domain.optional(),
  MAIL_FROM: z.email({ error: 'must be a mail address' }).optional(),
  MAIL_SHARED_DOMAINS: domains.prefault(''),
  OAUTH_GOOGLE_CLIENT_ID: z.string().optional(),
  OAUTH_GOOGLE_CLIENT_SECRET: z.string().optional(),
  OAUTH_MICROSOFT_CLIENT_ID: z.string().optional(),
  OAUTH_MICROSOFT_CLIENT_SECRET: z.string().optional(),
  OAUTH_MICROSOFT_TENANT: z
    .string()
    .regex(/^[\w.-]{1,80}$/, { error: 'must be a tenant like common or contoso.onmicrosoft.com' })
    .default('common'),
  OAUTH_CLIENT_ID: z.string().optional(),
  OAUTH_CLIENT_SECRET: z.string().optional(),
  OAUTH_AUTHORIZE_URL: url(/^https?$/, 'an address like https://login.example.org/authorize').optional(),
  OAUTH_TOKEN_URL: url(/^https?$/, 'an address like https://login.example.org/token').optional(),
  OAUTH_SCOPE: z.string().default('openid offline_access email'),
  MAIL_CA_FILE: z.string().optional(),
  SECRETS_KEY: z
    .string()
    .regex(/^[0-9a-f]{64}$/i, { error: 'must be 64 hexadecimal digits, as from: openssl rand -hex 32' })
    .optional(),
  DATA_DIR: z.string().optional(),
  FILES_DIR: z.string().optional(),
  LOG_LEVEL: z
    .enum(['fatal', 'error', 'warn', 'info', 'debug', 'silent'], {
      error: 'must be one of fatal, error, warn, info, debug, silent',
    })
    .default('info'),
});
