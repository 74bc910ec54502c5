/*
 * Imported first: what the operator of this machine set is not meant for a benchmark, least of all his database and his
 * mail relay. With VITEST set, server/config.ts leaves .env alone.
 */
const own = /^(DATABASE_|SUPABASE_|SMTP_|ORIGIN$|HOST$|PORT$|MAIL_|DATA_DIR$|FILES_DIR$|TRUSTED_PROXIES$)/;

for (const name of Object.keys(process.env)) if (own.test(name)) delete process.env[name];
process.env['VITEST'] = 'bench';
process.env['NODE_ENV'] = 'production';
process.env['LOG_LEVEL'] ??= 'fatal';
