import { m } from '#lib/i18n/paraglide/messages.js';

const sentences: Record<string, () => string> = {
  'database.away': m.faults_database_away,
  busy: m.faults_busy,
  'database.readOnly': m.faults_database_read_only,
  'disk.full': m.faults_disk_full,
  'files.away': m.faults_files_away,
  'server.away': m.faults_server_away,
  'too.many': m.faults_too_many,
};

/** What is the matter, for trouble that passes by itself. */
export function faultSentence(code: string): string {
  return (sentences[code] ?? m.faults_server_away)();
}

export function isTrouble(code: string | undefined): code is string {
  return code !== undefined && code in sentences;
}

type Failed = { status: number; error: App.Error | null };

/** What keeps a page from being shown, where that passes by itself; null for an error that stays. */
export function troubleOf({ status, error }: Failed): string | null {
  if (isTrouble(error?.code)) return error.code;
  // A proxy speaks for a server that is not there.
  return status === 502 || status === 503 || status === 504 ? 'server.away' : null;
}
