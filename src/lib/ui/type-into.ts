/** Puts something into a field as if it were typed: whoever listens to the field hears of it, and the caret stands behind it. */
export function typeInto(
  field: HTMLInputElement | HTMLTextAreaElement,
  text: string,
  at?: [from: number, to: number],
): void {
  const [from, to] = at ?? [0, field.value.length];
  field.setRangeText(text, from, to, 'end');
  field.dispatchEvent(new Event('input', { bubbles: true }));
}
