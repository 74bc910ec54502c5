// The wording of mails that a workspace may change: what a template may say, for the editor and for the door alike.

/** What a ticket's mail is written for. Each has a template in each language. */
export const occasions = ['confirmation', 'message', 'question', 'interim', 'closing', 'statement', 'forward'] as const;
export type Occasion = (typeof occasions)[number];

/** Four pages: more is an attachment. */
export const templateLength = 8_000;

/** Stand within a line. */
export const wordPlaceholders = [
  'salutation',
  'greeting',
  'customer',
  'number',
  'subject',
  'agent',
  'pool',
  'company',
] as const;
/** Stand in a line of their own: they bring paragraphs. */
export const blockPlaceholders = ['text', 'files', 'link', 'history'] as const;
export type WordPlaceholder = (typeof wordPlaceholders)[number];
export type BlockPlaceholder = (typeof blockPlaceholders)[number];
export type Placeholder = WordPlaceholder | BlockPlaceholder;

/** Who is no customer of the ticket gets no link to it. */
const blocksOf: Record<Occasion, readonly BlockPlaceholder[]> = {
  confirmation: ['link'],
  message: ['text', 'files', 'link'],
  question: ['text', 'files', 'link'],
  interim: ['text', 'files', 'link', 'history'],
  closing: ['text', 'link', 'history'],
  statement: ['text', 'files', 'history'],
  forward: ['text', 'files', 'history'],
};

export function placeholdersOf(occasion: Occasion): readonly Placeholder[] {
  return [...wordPlaceholders, ...blocksOf[occasion]];
}

/** Between braces, short and without a break: whoever writes that means a placeholder. */
const braced = /\{([^{}\n]{0,40})\}/g;

export type TemplateProblem = {
  code: 'template.unknown' | 'template.ownLine' | 'template.needsText';
  detail: { placeholder: string };
};

/** The first placeholder in a text that is none of these; null when there is none. */
export function unknownIn(body: string, known: readonly string[]): string | null {
  return [...body.matchAll(braced)].map(([, name = '']) => name).find((name) => !known.includes(name)) ?? null;
}

/** What is wrong with a template, first things first; null when it may be sent with. */
export function problemOf(occasion: Occasion, body: string): TemplateProblem | null {
  const unknown = unknownIn(body, placeholdersOf(occasion));
  if (unknown !== null) return { code: 'template.unknown', detail: { placeholder: unknown } };
  const crowded = body.split('\n').flatMap((line) => blocksOf[occasion].filter((name) => isCrowded(line, name)));
  if (crowded[0]) return { code: 'template.ownLine', detail: { placeholder: crowded[0] } };
  const isMissing = blocksOf[occasion].includes('text') && !body.includes('{text}');
  return isMissing ? { code: 'template.needsText', detail: { placeholder: 'text' } } : null;
}

function isCrowded(line: string, name: BlockPlaceholder): boolean {
  return line.includes(`{${name}}`) && line.trim() !== `{${name}}`;
}
