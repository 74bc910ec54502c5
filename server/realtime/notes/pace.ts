import { Bucket } from '#lib/shared/bucket.ts';
import { bytesAtOnce, bytesPerSecond, framesAtOnce, framesPerSecond, wholesAtOnce, wholesPerSecond } from './limits.ts';

/** How much one editor's browser may say and ask. */
export class Pace {
  readonly #frames = new Bucket(framesAtOnce, framesPerSecond);
  readonly #bytes = new Bucket(bytesAtOnce, bytesPerSecond);
  readonly #wholes = new Bucket(wholesAtOnce, wholesPerSecond);

  /** False when that was too much. */
  takes(frame: Uint8Array): boolean {
    return this.#frames.take() && this.#bytes.take(frame.length);
  }

  /** The same for what is work on all of the document, or sends all of it. */
  takesWhole(): boolean {
    return this.#wholes.take();
  }
}
