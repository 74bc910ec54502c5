/**
 * Expected refusals. The code is stable and is translated where it is shown (messages `errors_*`, dots as underscores);
 * `detail` holds ids and numbers for that sentence, never personal text.
 */
export class AppError extends Error {
  override name = 'AppError';
  readonly code: string;
  readonly detail: Record<string, unknown>;

  constructor(code: string, detail: Record<string, unknown> = {}) {
    super(code);
    this.code = code;
    this.detail = detail;
  }
}

/** What a refused command answers. */
export type Refusal = { code: string; detail: Record<string, unknown> };

export type Answer<T = unknown> = { ok: true; seq: number; result: T } | { ok: false; error: Refusal };
