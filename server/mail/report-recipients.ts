/** What a report says of one recipient (RFC 3464, 2.3). */
export type ReportedRecipient = {
  /** Where it could not be delivered, or is waiting. */
  final: string;
  /** Whom we had written to, where the report says so: a mail that was forwarded names another one as `final`. */
  original: string;
  action: ReportAction;
  status: string | null;
  diagnostic: string | null;
};

const actions = ['failed', 'delayed', 'delivered', 'relayed', 'expanded'] as const;
export type ReportAction = (typeof actions)[number];

/** More than any mail of ours has; a report may name as many as it likes. */
const mostRecipients = 50;

/** Each group of fields between empty lines that names a recipient. */
export function recipientsOf(fields: string): ReportedRecipient[] {
  return fields
    .split(/\r?\n[ \t]*\r?\n/)
    .flatMap((group) => recipientIn(group) ?? [])
    .slice(0, mostRecipients);
}

function recipientIn(group: string): ReportedRecipient | null {
  const final = addressIn(group, 'Final');
  const original = addressIn(group, 'Original');
  if (!final && !original) return null;
  return {
    final: final ?? original ?? '',
    original: original ?? '',
    action: actionIn(group) ?? 'failed',
    status: /^Status:\s*([245]\.\d{1,3}\.\d{1,3})/im.exec(group)?.[1] ?? null,
    diagnostic: diagnosticIn(group),
  };
}

/** RFC 3464's words; null for any other. */
export function actionIn(fields: string): ReportAction | null {
  const word = /^Action:\s*([a-z]+)/im.exec(fields)?.[1]?.toLowerCase();
  return actions.find((action) => action === word) ?? null;
}

export function diagnosticIn(fields: string): string | null {
  const text = /^Diagnostic-Code:\s*(.{1,500}(?:\n[ \t].{1,500}){0,4})/im.exec(fields)?.[1] ?? '';
  return text.replace(/\s+/g, ' ').trim() || null;
}

function addressIn(group: string, which: 'Final' | 'Original'): string | null {
  const field = new RegExp(`^${which}-Recipient:\\s*(?:[\\w-]+\\s*;)?\\s*<?([^\\s<>;]+@[^\\s<>;]+?)>?\\s*$`, 'im');
  return field.exec(group)?.[1]?.toLowerCase().slice(0, 320) ?? null;
}
