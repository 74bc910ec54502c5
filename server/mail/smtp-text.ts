import { Readable } from 'node:stream';

const chunkBytes = 64 * 1024;

/** A mail's text, which asks for leave when the server is ready for it (354), and not before. */
export class Text extends Readable {
  readonly #bytes: Buffer;
  readonly #mayLeave: () => Promise<boolean>;
  #asked: 'no' | 'asking' | 'yes' = 'no';
  #at = 0;

  constructor(bytes: Buffer, mayLeave: () => Promise<boolean>) {
    super();
    this.#bytes = bytes;
    this.#mayLeave = mayLeave;
  }

  get size(): number {
    return this.#bytes.length;
  }

  /** The server is ready for it. */
  get isWanted(): boolean {
    return this.#asked !== 'no';
  }

  /** All of it was handed to the line, and the end follows: from now on the server may have taken it. */
  get isWhole(): boolean {
    return this.#at > 0 && this.#at >= this.#bytes.length;
  }

  override _read(): void {
    if (this.#asked === 'yes') return this.#next();
    if (this.#asked === 'asking') return;
    this.#asked = 'asking';
    this.#mayLeave().then(
      (may) => {
        if (!may) return void this.destroy(new TakenBack());
        this.#asked = 'yes';
        this.#next();
      },
      (error: unknown) => this.destroy(error instanceof Error ? error : new Error(String(error))),
    );
  }

  #next(): void {
    if (this.isWhole) return void this.push(null);
    const chunk = this.#bytes.subarray(this.#at, this.#at + chunkBytes);
    this.#at += chunk.length;
    this.push(chunk);
  }
}

/** Somebody decided while we talked to the server. Its line is cut before the text. */
export class TakenBack extends Error {
  override name = 'TakenBack';
}
