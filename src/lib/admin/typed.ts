type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

/** What was typed into a form stays there until it is saved, though the page is read anew and brings what was saved before. */
export class Typed {
  readonly #values = new Map<Control, string | boolean>();

  note({ target }: Event): void {
    if (!isControl(target)) return;
    // Where two fields are about the same thing, the later one is meant.
    this.#values.delete(target);
    this.#values.set(target, valueOf(target));
  }

  /** What stands here goes out. To be called when it is saved: what was typed since is not. */
  goes(): () => void {
    const sent = new Map(this.#values);
    return () => {
      for (const [control, value] of sent) if (this.#values.get(control) === value) this.#values.delete(control);
    };
  }

  /** The page was read anew. */
  restore(): void {
    for (const [control, value] of this.#values) {
      if (!control.isConnected) this.#values.delete(control);
      else if (valueOf(control) !== value) restore(control, value);
    }
  }
}

function isControl(target: EventTarget | null): target is Control {
  return target instanceof Element && target.matches('input:not([type=file]), textarea, select');
}

function isBox(control: Control): control is HTMLInputElement {
  return control.matches('[type=checkbox], [type=radio]');
}

function valueOf(control: Control): string | boolean {
  return isBox(control) ? control.checked : control.value;
}

function restore(control: Control, value: string | boolean): void {
  if (isBox(control)) control.checked = value === true;
  else control.value = String(value);
  const name = isBox(control) || control instanceof HTMLSelectElement ? 'change' : 'input';
  control.dispatchEvent(new Event(name, { bubbles: true }));
}
