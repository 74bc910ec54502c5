import { createClient } from '@supabase/supabase-js';
import { weakPassword, type AuthHome } from './home.ts';
import { projectKeys } from './key-set.ts';

type Project = { url: string; publishableKey: string; secretKey: string };

const timeoutMs = 10_000;

/** Sign-in of a real Supabase project, reached with its secret key where an administrator's hand is needed. */
export function openProject({ url, publishableKey, secretKey }: Project): AuthHome {
  const { auth } = createClient(url, secretKey, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    global: { fetch: patient },
  });
  const base = `${url.replace(/\/+$/, '')}/auth/v1`;

  return {
    url,
    publishableKey,
    fetch: patient,
    keys: projectKeys({ url: `${base}/.well-known/jwks.json`, issuer: base, fetch: patient }),
    async link(email, type) {
      const { data, error } = await auth.admin.generateLink({ type, email });
      if (error) throw error;
      return data.properties.hashed_token;
    },
    async createAccount({ email, password }) {
      const { data, error } = await auth.admin.createUser({ email, password, email_confirm: true });
      if (error) throw refusal(error);
      return data.user.id;
    },
    async changePassword({ userId, password }) {
      const { error } = await auth.admin.updateUserById(userId, { password });
      if (error && error.code !== 'same_password') throw refusal(error);
    },
    close: async () => undefined,
  };
}

const patient: typeof globalThis.fetch = (input, init) => {
  const timeout = AbortSignal.timeout(timeoutMs);
  return fetch(input, { ...init, signal: init?.signal ? AbortSignal.any([init.signal, timeout]) : timeout });
};

/** A project may refuse what we accept, such as a password that was leaked somewhere. */
function refusal(error: Error & { code?: string | undefined }): Error {
  return error.code === 'weak_password' ? weakPassword() : error;
}
