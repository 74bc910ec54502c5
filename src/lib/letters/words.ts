import { m } from '#lib/i18n/paraglide/messages.js';
import type { Occasion, Placeholder, TemplateProblem } from '#lib/shared/templates.ts';

export const occasionWords: Record<Occasion, () => string> = {
  confirmation: m.admin_kind_confirmation,
  message: m.admin_kind_message,
  question: m.letters_question,
  interim: m.letters_interim,
  closing: m.admin_kind_closing,
  statement: m.letters_statement,
  forward: m.letters_forward,
};

export const occasionHints: Record<Occasion, () => string> = {
  confirmation: m.letters_confirmation_hint,
  message: m.letters_message_hint,
  question: m.letters_question_hint,
  interim: m.letters_interim_hint,
  closing: m.letters_closing_hint,
  statement: m.letters_statement_hint,
  forward: m.letters_forward_hint,
};

export const placeholderWords: Record<Placeholder, () => string> = {
  salutation: m.letters_ph_salutation,
  greeting: m.letters_ph_greeting,
  customer: m.letters_ph_customer,
  number: m.letters_ph_number,
  subject: m.letters_ph_subject,
  agent: m.letters_ph_agent,
  pool: m.letters_ph_pool,
  company: m.letters_ph_company,
  text: m.letters_ph_text,
  files: m.letters_ph_files,
  link: m.letters_ph_link,
  history: m.letters_ph_history,
};

/** What is wrong with a template, in one sentence. */
export function problemSentence({ code, detail }: { code: string; detail: Record<string, unknown> }): string | null {
  const placeholder = `{${String(detail['placeholder'])}}`;
  const sentences: Record<TemplateProblem['code'], () => string> = {
    'template.unknown': () => m.letters_problem_unknown({ placeholder }),
    'template.ownLine': () => m.letters_problem_own_line({ placeholder }),
    'template.needsText': () => m.letters_problem_needs_text({ placeholder }),
  };
  return code in sentences ? sentences[code as TemplateProblem['code']]() : null;
}
