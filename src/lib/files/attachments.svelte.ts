/* eslint-disable svelte/prefer-svelte-reactivity -- how to stop an upload, which no template reads */
import type { Refusal } from '#lib/shared/errors.ts';
import { isFault } from '#lib/shared/faults.ts';
import { fileBytes, filesPerMessage, refusedFileNames } from '#lib/shared/limits.ts';
import { upload } from './upload.ts';

export type Pending = {
  key: string;
  name: string;
  size: number;
  type: string;
  /** Set once it has arrived. */
  id: string | null;
  /** On its way. */
  isTravelling: boolean;
  /** 0 to 1. */
  progress: number;
  refusal: Refusal | null;
  /** What refused it may pass: it can be sent again as it is. */
  mayRetry: boolean;
  /** A picture as it looks on this device; released with `remove` and `clear`. */
  preview: string | null;
};

const passing = new Set(['file.interrupted', 'too.many', 'unexpected']);

export type Kept = { id: string; name: string; size: number; type: string };

const arrived = (file: Kept): Pending => ({
  ...file,
  key: file.id,
  isTravelling: false,
  progress: 1,
  refusal: null,
  mayRetry: false,
  preview: null,
});

/**
 * The files of a message that is being written. A colleague's travel while he still types; a customer's stay on his device
 * until he sends, since what he takes out again was never meant for us.
 */
export class Attachments {
  list = $state<Pending[]>([]);
  readonly isBusy = $derived(this.list.some((file) => file.isTravelling));
  readonly ready: Kept[] = $derived(
    this.list.flatMap(({ id, name, size, type }) => (id === null ? [] : [{ id, name, size, type }])),
  );
  /** What would be sent now. */
  readonly sendable = $derived(this.list.filter((file) => !file.refusal).length);
  #address: () => string;
  #isAhead: boolean;
  #waiting = new Map<string, File>();
  #stops = new Map<string, () => void>();
  #refused = new Map<string, File>();

  constructor(address: () => string, { ahead = true } = {}) {
    this.#address = address;
    this.#isAhead = ahead;
  }

  /** Takes up what an earlier visit had uploaded already. */
  resume(files: readonly Kept[]): void {
    this.list = files.map(arrived);
  }

  /** Takes up what had gone already, before what was added since. */
  takeBack(files: readonly Kept[]): void {
    this.list = [...files.map(arrived), ...this.list];
  }

  add(files: Iterable<File>): void {
    for (const file of files) this.#add(file);
  }

  /** Sends what waits. False when something did not make it: then it says why. */
  async flush(): Promise<boolean> {
    const waiting = [...this.#waiting, ...this.#refused];
    this.#waiting.clear();
    await Promise.all(waiting.map(([key, file]) => this.#send(key, file)));
    return waiting.every(([key]) => this.list.find((file) => file.key === key)?.refusal == null);
  }

  /** Sends one again that was refused for what passes. */
  async retry(key: string): Promise<void> {
    const file = this.#refused.get(key);
    if (file) await this.#send(key, file);
  }

  remove(key: string): void {
    this.#waiting.delete(key);
    this.#refused.delete(key);
    this.#stops.get(key)?.();
    const gone = this.list.find((file) => file.key === key);
    if (gone?.preview) URL.revokeObjectURL(gone.preview);
    this.list = this.list.filter((file) => file.key !== key);
  }

  /** These belong to a message now; what was added meanwhile waits for the next one. */
  sent(files: readonly Kept[]): void {
    const gone = new Set(files.map(({ id }) => id));
    for (const { id, key } of this.list) if (id !== null && gone.has(id)) this.remove(key);
  }

  /** They belong to a message now. */
  clear(): void {
    this.#waiting.clear();
    this.#refused.clear();
    for (const { preview } of this.list) if (preview) URL.revokeObjectURL(preview);
    this.list = [];
  }

  #add(file: File): void {
    const key = crypto.randomUUID();
    const { name, size, type } = file;
    const refusal = this.#refusalOf(file);
    const preview = !refusal && /^image\/(png|jpeg|gif|webp|avif)$/.test(type) ? URL.createObjectURL(file) : null;
    this.list.push({
      key,
      name: name || 'image.png',
      size,
      type,
      id: null,
      isTravelling: false,
      progress: 0,
      refusal,
      mayRetry: false,
      preview,
    });
    if (refusal) return;
    if (this.#isAhead) void this.#send(key, file);
    else this.#waiting.set(key, file);
  }

  /** Said at once rather than after a long upload; the server asks the same. */
  #refusalOf({ name, size }: File): Refusal | null {
    if (this.list.filter((file) => !file.refusal).length >= filesPerMessage)
      return { code: 'file.tooMany', detail: {} };
    if (size > fileBytes) return { code: 'file.tooLarge', detail: { most: fileBytes } };
    if (size === 0) return { code: 'file.empty', detail: {} };
    return refusedFileNames.test(name) ? { code: 'file.refused', detail: {} } : null;
  }

  async #send(key: string, file: File): Promise<void> {
    const one = () => this.list.find((each) => each.key === key);
    const onprogress = (share: number) => {
      const shown = one();
      if (shown) shown.progress = share;
    };
    this.#refused.delete(key);
    const started = one();
    if (started) Object.assign(started, { isTravelling: true, refusal: null, mayRetry: false, progress: 0 });
    const { done, stop } = upload({ address: this.#address(), file, command: key, onprogress });
    this.#stops.set(key, stop);
    const refuse = (shown: Pending, refusal: Refusal) => {
      shown.refusal = refusal;
      shown.mayRetry = passing.has(refusal.code) || isFault(refusal.code);
      if (shown.mayRetry) this.#refused.set(key, file);
    };
    try {
      const answer = await done;
      const shown = one();
      if (shown && typeof answer === 'string') shown.id = answer;
      else if (shown && typeof answer !== 'string') refuse(shown, answer);
    } catch {
      // The line broke or somebody took it out.
      const shown = one();
      if (shown) refuse(shown, { code: 'file.interrupted', detail: {} });
    } finally {
      const ended = one();
      if (ended) ended.isTravelling = false;
      this.#stops.delete(key);
    }
  }
}
