import { createContext } from 'svelte';

export type Toast = {
  text: string;
  /** `problem` stays until it is closed; a notice goes by itself. */
  tone?: 'notice' | 'problem';
  /** One thing to do about it: undo, show, try again. Its toast stays longer. */
  action?: { label: string; run: () => void };
  /** Toasts with the same key replace each other: "3 tickets moved" rather than three toasts. */
  key?: string;
};

type Shown = Toast & { id: number; timer?: ReturnType<typeof setTimeout> };

const readMs = 5_000;
const decideMs = 10_000;
const most = 4;

/** What has just happened, at the bottom of the page. Handed down by context: `getToasts().show({ text })`. */
export class Toasts {
  shown = $state.raw<Shown[]>([]);
  #next = 1;

  show(toast: Toast): number {
    const id = this.#next++;
    for (const older of this.shown) if (toast.key !== undefined && older.key === toast.key) this.dismiss(older.id);
    while (this.shown.length >= most) this.dismiss(this.shown[0]?.id ?? 0);
    const shown: Shown = { ...toast, id };
    this.shown = [...this.shown, shown];
    this.#wait(shown);
    return id;
  }

  problem(text: string, action?: Toast['action']): number {
    return this.show({ text, tone: 'problem', ...(action ? { action } : {}) });
  }

  dismiss(id: number) {
    clearTimeout(this.shown.find((toast) => toast.id === id)?.timer);
    this.shown = this.shown.filter((toast) => toast.id !== id);
  }

  /** While one reads or reaches for the button, nothing disappears. */
  hold() {
    for (const { timer } of this.shown) clearTimeout(timer);
  }

  release() {
    for (const toast of this.shown) this.#wait(toast);
  }

  #wait(toast: Shown) {
    if (toast.tone === 'problem' || typeof window === 'undefined') return;
    clearTimeout(toast.timer);
    toast.timer = setTimeout(() => this.dismiss(toast.id), toast.action ? decideMs : readMs);
  }
}

export const [getToasts, setToasts] = createContext<Toasts>();
