/**
 * In a form everything is text. The ending of a field's name says what it is for the command:
 * `claimBeforeWork:boolean`, `imapPort:number`, `smtpPerMinute:amount` (empty is null), `parent:choice` (empty is null), `addresses:lines`;
 * `smtpHost:required` where an empty text would mean something else: null is none for any schema.
 */
const kinds: Record<string, (value: string) => unknown> = {
  boolean: (value) => value === 'true',
  number: Number,
  amount: (value) => (value.trim() ? Number(value) : null),
  choice: (value) => value || null,
  required: (value) => value.trim() || null,
  lines: (value) => value.split(/[\s,;]+/).filter(Boolean),
};

/** What a form says, as input of a command: the hidden `values` as JSON, and each field by its kind. The schema judges it. */
export function inputOf(form: Partial<Record<string, string>>): Record<string, unknown> {
  const input: Record<string, unknown> = { ...fixed(form['values']) };
  for (const [field, value = ''] of Object.entries(form)) {
    const [name = '', kind = ''] = field.split(':');
    if (reserved.has(name)) continue;
    input[name] = (kinds[kind] ?? String)(value);
  }
  return input;
}

const reserved = new Set(['command', 'key', 'values']);

function fixed(json: string | undefined): Record<string, unknown> {
  if (!json) return {};
  try {
    const values: unknown = JSON.parse(json);
    return values && typeof values === 'object' ? { ...values } : {};
  } catch (error) {
    // Nobody's browser writes that; the command's schema will miss what is not there.
    if (error instanceof SyntaxError) return {};
    throw error;
  }
}
