import { describe, expect, test } from 'vitest';
import { mimeOf, nameOf } from '#lib/files/receive.server.ts';
import { rangeIn } from '#lib/files/serve.server.ts';

describe('a range', () => {
  test.each([
    ['bytes=0-4', { start: 0, end: 4 }],
    ['bytes=5-', { start: 5, end: 9 }],
    ['bytes=-3', { start: 7, end: 9 }],
    ['bytes=-30', { start: 0, end: 9 }],
    ['bytes=8-99', { start: 8, end: 9 }],
    ['bytes=10-', 'unsatisfiable'],
    ['bytes=-0', 'unsatisfiable'],
    ['bytes=4-2', null],
    ['bytes=0-1,3-4', null],
    ['bytes=-', null],
    ['lines=0-4', null],
  ])('%s of ten bytes', (header, range) => {
    expect(rangeIn(header, 10)).toEqual(range);
  });
});

describe('a name', () => {
  test.each([
    ['C:\\Users\\Ada\\Foto.jpg', 'Foto.jpg'],
    ['../../etc/passwd', 'passwd'],
    ['Rechnung\u202Egpj.exe', 'Rechnunggpj.exe'],
    ['U\u0308bung.pdf', 'Übung.pdf'],
    ['a\r\nSet-Cookie: x', 'aSet-Cookie: x'],
    ['', 'file'],
  ])('%j is kept as %j', (given, kept) => {
    expect(nameOf(given)).toBe(kept);
  });

  test('keeps its ending when it is too long', () => {
    expect(nameOf(`${'x'.repeat(400)}.pdf`)).toMatch(/^x{196}\.pdf$/);
  });
});

test.each([
  ['image/PNG; charset=x', 'image/png'],
  ['text/html<script>', 'application/octet-stream'],
  [undefined, 'application/octet-stream'],
])('the type %j counts as %j', (given, kept) => {
  expect(mimeOf(given)).toBe(kept);
});
