import { SvelteSet } from 'svelte/reactivity';
import { keepText, keptText } from './kept.ts';

/** What a form had sent when it was answered with a refusal; `command` where nobody knows whether it was done. */
type Posted = { text: string; command?: string | null };

/** What a customer writes: kept on his device while he does, and sent again under the id it may have been done under. */
export class Writing {
  text = $state('');
  readonly #token: string;
  readonly #posted: string;
  #going: { command: string; text: string } | null = null;
  #sentAs = $state.raw<string | null>(null);
  /** Ids that went out. A refusal is kept like an answer: under these no other words would be heard. */
  readonly #used = new SvelteSet<string>();
  #next = $state.raw('');
  /** False where the browser keeps nothing. */
  isKept = $state(true);

  constructor(token: string, posted: Posted | null) {
    this.#token = token;
    // A form sends its lines as the mail does, a field has them as the browser does.
    this.#posted = posted?.text.replaceAll('\r\n', '\n') ?? '';
    this.text = this.#posted;
    this.#sentAs = posted?.command ?? null;
  }

  /** In the browser. What stands in the field by now is the newest, then what is kept here. True if it is not what was sent. */
  recall(): boolean {
    if (this.text === this.#posted) this.text = keptText(this.#token) || this.text;
    if (this.text) this.isKept = keepText(this.#token, this.text);
    if (this.text === this.#posted) return false;
    this.#sentAs = null;
    return true;
  }

  /** Other words are another message. */
  typed(): void {
    this.#sentAs = null;
    this.isKept = keepText(this.#token, this.text);
  }

  /** Nobody knows whether what went out was done. */
  get isUnsure(): boolean {
    return this.#sentAs !== null;
  }

  /** @param fresh as the page brought it along, which is not read anew after each answer */
  command(fresh: string): string {
    return this.#sentAs ?? (this.#used.has(fresh) ? this.#next : fresh);
  }

  /** What stands here goes out; whoever writes on meanwhile writes other words. */
  goes(command: string): void {
    this.#going = { command, text: this.text };
    this.#used.add(command);
    this.#next = crypto.randomUUID();
  }

  arrived(): void {
    this.#sentAs = null;
    if (this.#isSame) this.text = '';
    keepText(this.#token, this.text);
  }

  /** `isKnown` is false where it may have been done all the same: the same words twice would stand there twice. */
  failed({ isKnown }: { isKnown: boolean }): void {
    this.#sentAs = !isKnown && this.#isSame ? (this.#going?.command ?? null) : null;
  }

  get #isSame(): boolean {
    return this.#going?.text === this.text;
  }
}
