import { AsyncLocalStorage } from 'node:async_hooks';
import { createClient } from '@supabase/supabase-js';
import { weakPassword, type AuthHome, type LinkKind } from './home.ts';
import { shortestPassword } from './fields.ts';
import { App, createPostgresConnection } from './lite-package.ts';

type Options = { databaseUrl: string; secret: string };

// Nobody listens there: every call is handed to the App as a function call.
const url = 'http://127.0.0.1';
const publishableKey = 'sb_publishable_inside_this_process';

/**
 * Supabase Auth inside this process, over the tables of server/auth/schema.ts. Nothing of it is reachable from outside: no
 * listener, no Data API, no admin mode, no sign-up; its mails are caught, since Lotse writes its own.
 */
export function openLite({ databaseUrl, secret }: Options): AuthHome {
  const connection = createPostgresConnection({
    url: databaseUrl,
    postgresOptions: {
      max: 2,
      idle_timeout: 60,
      connect_timeout: 10,
      backoff: () => 0.25 + Math.random() / 2,
      onnotice: () => undefined,
      // Its role owns the schema auth and nothing else.
      connection: { application_name: 'lotse auth', role: 'lotse_auth' },
    },
  });
  const app = new App({
    connection,
    auth: {
      enabled: true,
      jwt_secret: secret,
      publishable_key: publishableKey,
      site_url: url,
      jwt_expiry: 3600,
      enable_signup: false,
      minimum_password_length: shortestPassword,
      // 32 digits: the hash in a link is SHA-256 of address and digits, so six of them could be tried out.
      email: { otp_length: 32, otp_expiry: 3600, enable_confirmations: true },
      sessions: { inactivity_timeout: '720h' },
    },
    api: { enabled: false },
    storage: { enabled: false },
    studio: { enabled: false },
    realtime: { enabled: false },
    edge_runtime: { enabled: false },
    db: { driver: 'postgres', migrations: { enabled: false } },
    options: { server: { admin: false, disableStudio: true, disableFallback: true } },
  });

  const caught = new AsyncLocalStorage<{ tokenHash: string | null }>();
  const keepHash = async (_email: string, tokenHash: string): Promise<void> => {
    const box = caught.getStore();
    if (box) box.tokenHash = tokenHash;
  };
  app._mailer = {
    sendMagicLink: keepHash,
    sendRecovery: keepHash,
    sendConfirmation: keepHash,
    sendEmailChange: keepHash,
    sendReauthentication: async () => undefined,
  };

  const inside: typeof globalThis.fetch = async (input, init) => {
    const response = await app.fetch(new Request(input, init), { peerAddress: null });
    // Its database is away. For a 500 the client would drop the session, and everybody be signed out by a restart.
    return response.status === 500 ? new Response(response.body, { status: 503, headers: response.headers }) : response;
  };
  const visitor = () =>
    createClient(url, publishableKey, {
      auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
      global: { fetch: inside },
    });

  async function hashOf(email: string, send: () => Promise<{ error: Error | null }>): Promise<string> {
    const box = { tokenHash: null as string | null };
    const { error } = await caught.run(box, send);
    if (error) throw error;
    if (!box.tokenHash) throw new Error('The auth App made no link for an account that exists.');
    return box.tokenHash;
  }

  function link(email: string, kind: LinkKind): Promise<string> {
    const { auth } = visitor();
    return hashOf(email, () =>
      kind === 'recovery'
        ? auth.resetPasswordForEmail(email)
        : auth.signInWithOtp({ email, options: { shouldCreateUser: false } }),
    );
  }

  /** The App has no admin API: an account comes into being by a link that never leaves this function. */
  async function createAccount({ email, password }: { email: string; password: string }): Promise<string> {
    const { auth } = visitor();
    const tokenHash = await hashOf(email, () => auth.signInWithOtp({ email, options: { shouldCreateUser: true } }));
    const { data, error } = await auth.verifyOtp({ token_hash: tokenHash, type: 'magiclink' });
    if (error) throw error;
    if (!data.session || !data.user) throw new Error('The auth App opened no session for a new account.');
    await changePassword({ accessToken: data.session.access_token, password });
    await auth.signOut({ scope: 'global' });
    return data.user.id;
  }

  async function changePassword({ accessToken, password }: { accessToken: string; password: string }): Promise<void> {
    const response = await inside(`${url}/auth/v1/user`, {
      method: 'PUT',
      headers: {
        apikey: publishableKey,
        authorization: `Bearer ${accessToken}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify({ password }),
    });
    if (response.ok) return;
    const answer = await response.text();
    // Doing what is already done succeeds quietly.
    if (answer.includes('same_password')) return;
    if (answer.includes('weak_password')) throw weakPassword();
    throw new Error(`The auth App refused a password change with ${response.status}.`);
  }

  return {
    url,
    publishableKey,
    fetch: inside,
    keys: { issuer: null, find: async () => ({ algorithm: 'HS256', secret }) },
    link,
    createAccount,
    changePassword,
    close: () => connection.close(),
  };
}
