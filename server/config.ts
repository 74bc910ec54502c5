import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseEnv } from 'node:util';
import type { z } from 'zod';
import { settings } from './config-schema.ts';
import { stateFolder } from './setup/home.mjs';

type Environment = Record<string, string | undefined>;
type Values = z.infer<typeof settings>;

export type Config = ReturnType<typeof parseConfig>;

/** Its message is one sentence for the operator and names the variable. */
export class ConfigError extends Error {
  override name = 'ConfigError';
}

/** @throws ConfigError for the first value that is wrong */
export function parseConfig(env: Environment) {
  const given = Object.fromEntries(Object.entries(env).filter(([, value]) => value?.trim()));
  const parsed = settings.safeParse(given);
  if (!parsed.success) {
    const issue = parsed.error.issues[0];
    throw new ConfigError(`${issue?.path.join('.')} ${issue?.message}; see .env.example.`);
  }
  const values = parsed.data;
  const dataDir = resolve(values.DATA_DIR ?? stateFolder(process.cwd()));
  const address = values.ORIGIN ?? `http://localhost:${values.PORT}`;
  const domain = values.MAIL_DOMAIN ?? mailDomain(address);
  return {
    databaseUrl: values.DATABASE_URL ?? null,
    databaseConnections: values.DATABASE_CONNECTIONS,
    redisUrl: values.REDIS_URL ?? null,
    supabase: supabase(values),
    /** Set when the operator named the public address; then no other is believed. */
    origin: values.ORIGIN ?? null,
    /** For links in mails: the public address, or this machine's. */
    address,
    host: values.HOST,
    port: values.PORT,
    trustedProxies: values.TRUSTED_PROXIES,
    bodySizeLimit: values.BODY_SIZE_LIMIT,
    smtpUrl: values.SMTP_URL ?? null,
    smtpIn: values.SMTP_IN_PORT === undefined ? null : { host: values.SMTP_IN_HOST, port: values.SMTP_IN_PORT },
    mailDomain: domain,
    mailFrom: values.MAIL_FROM ?? `lotse@${domain}`,
    /** Where strangers have their mailboxes side by side, besides the providers that Lotse knows. */
    mailSharedDomains: values.MAIL_SHARED_DOMAINS,
    oauth: oauth(values),
    /** Certificates in PEM of an authority of the house, believed besides the public ones. */
    mailCaFile: values.MAIL_CA_FILE ?? null,
    secretsKey: values.SECRETS_KEY?.toLowerCase() ?? null,
    dataDir,
    filesDir: resolve(values.FILES_DIR ?? join(dataDir, 'files')),
    logLevel: values.LOG_LEVEL,
    /** Set by the set-up scripts, not by operators. */
    development: env['LOTSE_MODE'] === 'dev',
    demo: env['LOTSE_MODE'] === 'demo',
  };
}

let parsed: Config | undefined;

/** The environment and .env, read at the first call. */
export function config(): Config {
  if (parsed) return parsed;
  // Tests say what they need; a developer's own .env must not change what they find.
  if (!process.env['VITEST'] && existsSync('.env')) addToEnvironment(parseEnv(readFileSync('.env', 'utf8')));
  return (parsed = parseConfig(process.env));
}

/** For what the start decides (the embedded database, a free port). The web bundle's own copy of this file reads it from the environment. */
export function decide(values: Record<string, string>): Config {
  Object.assign(process.env, values);
  return (parsed = parseConfig(process.env));
}

function addToEnvironment(values: Environment): void {
  for (const [name, value] of Object.entries(values)) process.env[name] ??= value;
}

function mailDomain(address: string): string {
  const { hostname } = new URL(address);
  // RFC 2606 keeps .localhost free, and some servers refuse a bare "localhost" after the @.
  return /^[\d.]+$|^\[|^localhost$/.test(hostname) ? 'lotse.localhost' : hostname;
}

/** Where mailboxes are opened by a token: what the operator registered there. */
export type OauthClient = {
  clientId: string;
  clientSecret: string;
  authorizeUrl: string;
  tokenUrl: string;
  scope: string;
};

function oauth(values: Values): Partial<Record<'google' | 'microsoft' | 'other', OauthClient>> {
  const microsoft = `https://login.microsoftonline.com/${values.OAUTH_MICROSOFT_TENANT}/oauth2/v2.0`;
  return {
    ...(values.OAUTH_GOOGLE_CLIENT_ID && {
      google: {
        clientId: values.OAUTH_GOOGLE_CLIENT_ID,
        clientSecret: values.OAUTH_GOOGLE_CLIENT_SECRET ?? '',
        authorizeUrl: 'https://accounts.google.com/o/oauth2/v2/auth',
        tokenUrl: 'https://oauth2.googleapis.com/token',
        scope: 'https://mail.google.com/',
      },
    }),
    ...(values.OAUTH_MICROSOFT_CLIENT_ID && {
      microsoft: {
        clientId: values.OAUTH_MICROSOFT_CLIENT_ID,
        clientSecret: values.OAUTH_MICROSOFT_CLIENT_SECRET ?? '',
        authorizeUrl: `${microsoft}/authorize`,
        tokenUrl: `${microsoft}/token`,
        scope: 'offline_access https://outlook.office.com/IMAP.AccessAsUser.All https://outlook.office.com/SMTP.Send',
      },
    }),
    ...(values.OAUTH_CLIENT_ID &&
      values.OAUTH_AUTHORIZE_URL &&
      values.OAUTH_TOKEN_URL && {
        other: {
          clientId: values.OAUTH_CLIENT_ID,
          clientSecret: values.OAUTH_CLIENT_SECRET ?? '',
          authorizeUrl: values.OAUTH_AUTHORIZE_URL,
          tokenUrl: values.OAUTH_TOKEN_URL,
          scope: values.OAUTH_SCOPE,
        },
      }),
  };
}

type SupabaseValues = {
  DATABASE_URL?: string | undefined;
  SUPABASE_URL?: string | undefined;
  SUPABASE_PUBLISHABLE_KEY?: string | undefined;
  SUPABASE_SECRET_KEY?: string | undefined;
};

/** Sign-in and data of one project: another project's accounts over this database would let strangers in. */
function supabase(values: SupabaseValues) {
  if (!values.SUPABASE_URL) return null;
  const missing = (['DATABASE_URL', 'SUPABASE_PUBLISHABLE_KEY', 'SUPABASE_SECRET_KEY'] as const).find(
    (n) => !values[n],
  );
  if (missing)
    throw new ConfigError(`${missing} must be set too when SUPABASE_URL is, from the same project; see .env.example.`);
  return {
    url: values.SUPABASE_URL,
    publishableKey: values.SUPABASE_PUBLISHABLE_KEY ?? '',
    secretKey: values.SUPABASE_SECRET_KEY ?? '',
  };
}
