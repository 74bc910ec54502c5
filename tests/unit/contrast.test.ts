import { readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

const css = readFileSync(new URL('../../src/lib/ui/tokens.css', import.meta.url), 'utf8');
const token = /--([\w-]+): light-dark\(oklch\(([\d. /%]+)\), oklch\(([\d. /%]+)\)\)/g;
const tokens = new Map(
  [...css.matchAll(token)].map(([, name, light, dark]) => [name, { light: light ?? '', dark: dark ?? '' }]),
);

const grounds = ['paper', 'sunken', 'surface', 'raised', 'raised hover', 'surface hover', 'sunken hover'];
const text: [string, string[]][] = [
  ['text', [...grounds, 'accent-soft', 'internal-paper', 'internal-strong', 'red-soft', 'amber-soft', 'green-soft']],
  ['text-soft', [...grounds, 'accent-soft', 'internal-paper']],
  ['text-faint', [...grounds, 'internal-paper']],
  ['accent-text', [...grounds, 'accent-soft', 'internal-paper']],
  ['on-accent', ['accent', 'accent-strong']],
  ['on-ink', ['ink']],
  ['internal-text', ['internal-paper', 'internal-strong', 'surface', 'paper']],
  ['red-text', [...grounds, 'red-soft']],
  ['amber-text', [...grounds, 'amber-soft']],
  ['green-text', [...grounds, 'green-soft']],
];
const marks: [string, string[]][] = [
  ['line-strong', ['surface', 'paper', 'raised']],
  ['focus', grounds],
  ['red', ['surface', 'paper']],
  ['amber', ['surface', 'paper']],
  ['green', ['surface', 'paper']],
];

for (const theme of ['light', 'dark'] as const) {
  test.each(text)(`in the ${theme} theme %s can be read (4.5:1) on %j`, (ink, papers) => {
    for (const paper of papers) expect(contrast(ink, paper, theme), `${ink} on ${paper}`).toBeGreaterThanOrEqual(4.5);
  });
  test.each(marks)(`in the ${theme} theme %s can be made out (3:1) on %j`, (mark, papers) => {
    for (const paper of papers) expect(contrast(mark, paper, theme), `${mark} on ${paper}`).toBeGreaterThanOrEqual(3);
  });
}

/** WCAG 2.2 contrast ratio. */
function contrast(a: string, b: string, theme: 'light' | 'dark'): number {
  const [high, low] = [luminance(a, theme), luminance(b, theme)].sort((x, y) => y - x);
  return ((high ?? 0) + 0.05) / ((low ?? 0) + 0.05);
}

/** "raised hover" is the second colour, half transparent, over the first: browsers blend the gamma-encoded values. */
function luminance(names: string, theme: 'light' | 'dark'): number {
  const layers = names.split(' ').map((name) => rgb(name, theme));
  const blended = layers.reduce((below, { channels, alpha }) => ({
    alpha: 1,
    channels: channels
      .map((value, i) => encode(value) * alpha + encode(below.channels[i] ?? 0) * (1 - alpha))
      .map(decode),
  }));
  const [red = 0, green = 0, blue = 0] = blended.channels;
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue;
}

/** OKLCH to linear sRGB (Björn Ottosson's matrices), clipped to the gamut. */
function rgb(name: string, theme: 'light' | 'dark'): { channels: number[]; alpha: number } {
  const value = tokens.get(name)?.[theme];
  if (!value) throw new Error(`tokens.css has no colour --${name}`);
  const [colour = '', percent = '100'] = value.split('/');
  const [lightness = 0, chroma = 0, hue = 0] = colour.trim().split(' ').map(Number);
  const a = chroma * Math.cos((hue * Math.PI) / 180);
  const b = chroma * Math.sin((hue * Math.PI) / 180);
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const channels = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return { channels: channels.map((x) => Math.min(1, Math.max(0, x))), alpha: parseFloat(percent) / 100 };
}

function encode(linear: number): number {
  return linear <= 0.0031308 ? linear * 12.92 : 1.055 * linear ** (1 / 2.4) - 0.055;
}

function decode(encoded: number): number {
  return encoded <= 0.04045 ? encoded / 12.92 : ((encoded + 0.055) / 1.055) ** 2.4;
}
