import { expect, test, vi } from 'vitest';
import { keys } from '#lib/ui/keys.ts';

// Node has no DOM: what the handler reads of an event is all there is to it.
class FakeElement {
  readonly #matches: boolean;
  constructor(matches = false) {
    this.#matches = matches;
  }
  closest() {
    return this.#matches ? this : null;
  }
}
vi.stubGlobal('Element', FakeElement);

let clock = 0;
function press(key: string, more: Record<string, unknown> = {}) {
  const event = { key, timeStamp: (clock += 100), target: new FakeElement(), preventDefault: vi.fn(), ...more };
  return event as unknown as KeyboardEvent;
}

test('a key does its work and nothing else', () => {
  const claim = vi.fn();
  const event = press('c');
  keys({ c: claim })(event);
  expect(claim).toHaveBeenCalledOnce();
  expect(event.preventDefault).toHaveBeenCalledOnce();
});

test('a caps lock changes nothing', () => {
  const claim = vi.fn();
  keys({ c: claim })(press('C'));
  expect(claim).toHaveBeenCalledOnce();
});

test('two keys in a row mean something of their own, to every handler of the page', () => {
  const [toBoard, block] = [vi.fn(), vi.fn()];
  const [shell, view] = [keys({ 'g b': toBoard }), keys({ b: block })];
  for (const event of [press('g'), press('b')]) {
    view(event);
    shell(event);
  }
  expect(toBoard).toHaveBeenCalledOnce();
  expect(block).not.toHaveBeenCalled();
});

test('who hesitates starts anew', () => {
  const [toBoard, block] = [vi.fn(), vi.fn()];
  const handle = keys({ 'g b': toBoard, b: block });
  handle(press('g'));
  clock += 5_000;
  handle(press('b'));
  expect([toBoard.mock.calls.length, block.mock.calls.length]).toEqual([0, 1]);
});

test.each([
  ['somebody types', { target: new FakeElement(true) }],
  ['Ctrl is held', { ctrlKey: true }],
  ['Cmd is held', { metaKey: true }],
  ['an input method composes', { isComposing: true }],
  ['somebody else took the key', { defaultPrevented: true }],
])('a key does nothing while %s', (_, more) => {
  const claim = vi.fn();
  keys({ c: claim })(press('c', more));
  expect(claim).not.toHaveBeenCalled();
});

test('held down a key does its work once, and only steps go on', () => {
  const [file, step, toBoard] = [vi.fn(), vi.fn(), vi.fn()];
  const handle = keys({ e: file, j: step, 'g b': toBoard });
  for (const repeat of [false, true, true]) {
    const event = press('e', { repeat });
    handle(event);
    handle(press('j', { repeat }));
    // The page does not scroll or jump by it either.
    expect(event.preventDefault).toHaveBeenCalledOnce();
  }
  for (const repeat of [false, true]) handle(press('g', { repeat }));
  handle(press('b'));
  expect([file, step, toBoard].map((each) => each.mock.calls.length)).toEqual([1, 3, 1]);
});
