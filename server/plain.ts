/** A failure the operator can mend: its message is one sentence in plain words, shown without a stack trace. */
export class PlainError extends Error {
  override name = 'PlainError';
}

/** The sentence for what the system refused, or null when it is not of that kind. */
export function plainSentence(error: unknown): string | null {
  if (error instanceof PlainError) return error.message;
  if (!(error instanceof Error) || !('code' in error)) return null;
  const path = 'path' in error && typeof error.path === 'string' ? error.path : 'the folder of Lotse';
  switch (error.code) {
    case 'ENOSPC':
    case 'EDQUOT':
      return `The disk is full: nothing more can be written to ${path}.`;
    case 'EACCES':
    case 'EPERM':
    case 'EROFS':
      return `This user may not write to ${path}; start Lotse as its owner or set DATA_DIR to another folder.`;
    case 'EADDRINUSE': {
      const where = 'port' in error && 'address' in error ? `${error.port} on ${error.address}` : 'of ours';
      return `Port ${where} is taken by another program; set PORT or SMTP_IN_PORT to a free one.`;
    }
    default:
      return null;
  }
}
