import { stringify } from 'csv-stringify/sync';
import { m } from '#lib/i18n/paraglide/messages.js';
import type { HistoryEntry } from '#lib/shared/history.ts';
import { sentence } from './sentences.ts';

/** CSV (RFC 4180) in the reader's language, oldest first; names a spreadsheet would take for formulas are quoted. */
export function tableOf(entries: HistoryEntry[]): string {
  const rows = entries.map((entry) => [
    entry.at,
    entry.author.name || m.ticket_system(),
    entry.type,
    sentence(entry),
    JSON.stringify(entry.data),
  ]);
  const head = [
    m.ticket_history_at(),
    m.ticket_history_who(),
    m.ticket_history_type(),
    m.ticket_history_what(),
    m.ticket_history_data(),
  ];
  // With a byte order mark, or Excel takes it for Windows-1252.
  return stringify([head, ...rows], { bom: true, record_delimiter: 'windows', escape_formulas: true });
}
