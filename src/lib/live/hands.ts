/* What somebody is doing in this page, as far as the page itself can tell. */

export type Moment = {
  isHidden: boolean;
  /** A field that is seen has the focus. */
  isWriting: boolean;
  /** Something would be lost or torn away: a dialog, a dragged card, a file on its way, text that stands nowhere else. */
  isBusy: boolean;
  /** Since anything was pressed, typed or scrolled. */
  quietMs: number;
};

const signs = ['pointerdown', 'pointermove', 'keydown', 'wheel', 'touchmove', 'input'];
const fields = 'input, textarea, select, [contenteditable]:not([contenteditable=false])';
const open = '[role=dialog], [role=alertdialog], [role=menu], [role=listbox], dialog[open], [data-busy]';

/**
 * Watches hands and fields. What outlives the page by other means (a draft, shared notes) is inside of a `data-kept`; what must
 * not be interrupted carries `data-busy`.
 */
export class Hands {
  #movedAt = Date.now();
  #isPressing = false;
  #isDragging = false;
  /** What was typed into, with what stood there before; null where nobody knows. */
  #typed = new Map<Element, string | null>();

  /** Begins; returns how to end. */
  start(): () => void {
    const listening = new AbortController();
    const hear = (names: string[], listener: (event: Event) => void) => {
      const options = { capture: true, passive: true, signal: listening.signal };
      for (const name of names) document.addEventListener(name, listener, options);
    };
    hear(signs, () => (this.#movedAt = Date.now()));
    hear(['pointerdown'], () => (this.#isPressing = true));
    // A drag begins with it too.
    hear(['pointerup', 'pointercancel'], () => (this.#isPressing = false));
    hear(['dragstart'], () => (this.#isDragging = true));
    hear(['dragend'], () => (this.#isDragging = false));
    hear(['beforeinput'], ({ target }) => this.#note(target, true));
    hear(['input'], ({ target }) => this.#note(target, false));
    return () => listening.abort();
  }

  moment(): Moment {
    const focused = document.activeElement;
    return {
      isHidden: document.visibilityState === 'hidden',
      isWriting: focused?.matches(fields) ?? false,
      isBusy: this.#isPressing || this.#isDragging || document.querySelector(open) !== null || this.#hasTyped(),
      quietMs: Date.now() - this.#movedAt,
    };
  }

  #note(target: EventTarget | null, isBefore: boolean): void {
    if (!(target instanceof HTMLElement) || this.#typed.has(target)) return;
    // Outside of a form a box or a choice takes effect at once.
    if (isChoice(target) && !target.closest('form')) return;
    this.#typed.set(target, isBefore ? textOf(target) : null);
  }

  #hasTyped(): boolean {
    for (const [element, before] of this.#typed) {
      if (!element.isConnected || textOf(element) === before) this.#typed.delete(element);
    }
    return [...this.#typed.keys()].some((element) => !element.closest('[data-kept]'));
  }
}

function isChoice(element: Element): boolean {
  return element.matches('select, [type=checkbox], [type=radio]');
}

function textOf(element: Element): string {
  if (element instanceof HTMLInputElement || element instanceof HTMLTextAreaElement) return element.value;
  return element.textContent;
}
