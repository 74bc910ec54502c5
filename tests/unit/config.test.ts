import { readFileSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { describe, expect, test } from 'vitest';
import { settings } from '#server/config-schema.ts';
import { ConfigError, parseConfig } from '#server/config.ts';

const example = readFileSync('.env.example', 'utf8');

describe('.env.example', () => {
  test('names every setting and no other', () => {
    expect(Object.keys(parseEnv(example)).sort()).toEqual(Object.keys(settings.shape).sort());
  });

  test('says the meaning of every setting', () => {
    for (const block of example.split(/\n\n/).filter((part) => /^[A-Z_]+=/m.test(part)))
      expect(block).toMatch(/^# \w.{15,}/m);
  });

  test('gives the defaults, so that a copy changes nothing', () => {
    const { trustedProxies: _given, ...given } = parseConfig(parseEnv(example));
    const { trustedProxies: _default, ...defaults } = parseConfig({});
    expect(given).toEqual(defaults);
  });
});

describe('a wrong value', () => {
  const supabase = { SUPABASE_URL: 'https://x.supabase.co', SUPABASE_PUBLISHABLE_KEY: 'p' };
  test.each([
    ['PORT', { PORT: 'abc' }],
    ['PORT', { PORT: '70000' }],
    ['DATABASE_URL', { DATABASE_URL: 'mysql://root:hunter2@db/lotse' }],
    ['ORIGIN', { ORIGIN: 'desk.example.org' }],
    ['ORIGIN', { ORIGIN: 'https://desk.example.org/lotse' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.1, proxy' }],
    ['TRUSTED_PROXIES', { TRUSTED_PROXIES: '10.0.0.0/40' }],
    ['BODY_SIZE_LIMIT', { BODY_SIZE_LIMIT: '26M' }],
    ['DATABASE_CONNECTIONS', { DATABASE_CONNECTIONS: '1' }],
    ['REDIS_URL', { REDIS_URL: 'http://127.0.0.1:6379' }],
    ['SMTP_URL', { SMTP_URL: 'mail.example.org' }],
    ['SMTP_IN_PORT', { SMTP_IN_PORT: '-1' }],
    ['MAIL_DOMAIN', { MAIL_DOMAIN: 'not a domain' }],
    ['MAIL_FROM', { MAIL_FROM: 'nobody' }],
    ['MAIL_SHARED_DOMAINS', { MAIL_SHARED_DOMAINS: 'uni.example, .*' }],
    ['LOG_LEVEL', { LOG_LEVEL: 'loud' }],
    ['DATABASE_URL', { ...supabase, SUPABASE_SECRET_KEY: 's' }],
    ['SUPABASE_SECRET_KEY', { ...supabase, DATABASE_URL: 'postgres://postgres@db.example.org/postgres' }],
  ])('%s is named in one sentence: %o', (name, env) => {
    const failure = refused(env);
    expect(failure).toBeInstanceOf(ConfigError);
    expect(failure.message).toMatch(new RegExp(`^${name} must [^\\n]+\\.$`));
    expect(failure.message).not.toContain('hunter2');
  });
});

test('an empty value is the same as none', () => {
  expect(parseConfig({ DATABASE_URL: '', ORIGIN: ' ' })).toMatchObject({ databaseUrl: null, origin: null });
});

test('the mail domain follows the public address', () => {
  expect(parseConfig({ ORIGIN: 'https://desk.example.org/' })).toMatchObject({
    address: 'https://desk.example.org',
    mailDomain: 'desk.example.org',
    mailFrom: 'lotse@desk.example.org',
  });
  expect(parseConfig({ ORIGIN: 'http://10.0.0.5' }).mailDomain).toBe('lotse.localhost');
});

test('trusted proxies are addresses and networks of both families', () => {
  const { trustedProxies } = parseConfig({ TRUSTED_PROXIES: '127.0.0.1, 10.1.0.0/16,fd00::/8' });
  expect(['127.0.0.1', '10.1.2.3', '10.2.0.1'].map((a) => trustedProxies.check(a, 'ipv4'))).toEqual([
    true,
    true,
    false,
  ]);
  expect(trustedProxies.check('fd12::1', 'ipv6')).toBe(true);
});

function refused(env: Record<string, string>): Error {
  try {
    parseConfig(env);
  } catch (error) {
    if (error instanceof Error) return error;
  }
  throw new Error('was accepted');
}
