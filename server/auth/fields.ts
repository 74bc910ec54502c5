import { z } from 'zod';

// What the forms at the door take. Messages are codes; src/lib/door/words.ts says them.

export const email = z
  .string({ error: 'email.invalid' })
  .trim()
  .toLowerCase()
  .pipe(z.email({ error: 'email.invalid' }).max(254, { error: 'email.invalid' }));

export const personName = z
  .string({ error: 'name.missing' })
  .trim()
  .min(1, { error: 'name.missing' })
  .max(80, { error: 'name.missing' });

/** One that is asked for; whether it is right, the auth server says. */
export const password = z
  .string({ error: 'password.missing' })
  .min(1, { error: 'password.missing' })
  .max(200, { error: 'signIn.refused' });

/** NIST SP 800-63B: length, no rules of composition. */
export const shortestPassword = 10;

// bcrypt reads 72 bytes; what comes after would not count, so more is refused rather than ignored.
const mostBytes = 72;

export const newPassword = z
  .string({ error: 'password.missing' })
  .min(shortestPassword, { error: 'password.short' })
  .refine((password) => Buffer.byteLength(password) <= mostBytes, { error: 'password.long' })
  .refine((password) => !isGuessable(password), { error: 'password.weak' });

/** What is tried first: one key held down, digits alone, the words everybody takes with a year behind. */
function isGuessable(password: string): boolean {
  if (new Set(password).size <= 3 || /^\d+$/.test(password)) return true;
  return (
    password.length < 16 &&
    /^(passwor[dt]|qwert[yz]|hallo|hello|willkommen|welcome|geheim|admin|lotse|sommer|winter)/i.test(password)
  );
}

export const tokenHash = z.string().regex(/^[\w-]{16,128}$/, { error: 'link.invalid' });
