import { m } from '#lib/i18n/paraglide/messages.js';
import type { Refusal } from '#lib/shared/errors.ts';
import { faultSentence, isTrouble } from '#lib/ui/trouble.ts';

const sentences: Record<string, () => string> = {
  'signIn.refused': m.auth_refused,
  'link.invalid': m.auth_link_invalid,
  'link.spent': m.auth_link_spent,
  'email.invalid': m.auth_email_invalid,
  'name.missing': m.auth_name_missing,
  'password.missing': m.auth_password_missing,
  'password.short': m.auth_password_short,
  'password.long': m.auth_password_long,
  'password.weak': m.auth_password_weak,
  'password.wrong': m.auth_password_wrong,
  'invitation.invalid': m.auth_invitation_invalid,
  'setup.key': m.auth_setup_key_wrong,
  'setup.done': m.auth_setup_done,
  'title.missing': m.auth_setup_workspace_missing,
  'slug.invalid': m.auth_setup_slug_invalid,
};

/** One sentence for what was refused at the door. */
export function sentence({ code, detail }: Refusal): string {
  if (code === 'too.many')
    return m.auth_too_many({ minutes: Math.ceil(Number(detail['retryAfterSeconds'] ?? 60) / 60) });
  if (!(code in sentences) && isTrouble(code)) return `${faultSentence(code)} ${m.faults_again()}`;
  return (sentences[code] ?? m.auth_unexpected)();
}

/** The sentence for one field of a form, if it is that field's. */
export function sentenceFor(refusal: Refusal | null | undefined, ...subjects: string[]): string | undefined {
  return refusal && subjects.includes(refusal.code.split('.')[0] ?? '') ? sentence(refusal) : undefined;
}
