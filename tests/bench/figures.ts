/** What a part measured of one key: the median of several runs, and what bounds it. */
export type Measured = {
  /** One of keys.ts; its end names the unit. */
  key: string;
  unit: string;
  value: number;
  low: number;
  high: number;
  runs: number;
  /** What bounds it, and how far away that is. */
  limit: string;
};

/** One line of the table. */
export type Figure = Measured & {
  /** The value of the run before; null the first time. */
  before: number | null;
};

type Runs = { key: string; unit: string; runs: number[]; limit: string };

/** @throws Error for what is no number: the file could not be read again */
export function figure({ key, unit, runs, limit }: Runs): Measured {
  if (!runs.every(Number.isFinite)) throw new Error(`${key} is not a number: ${String(runs)}`);
  const rounded = runs.map(round);
  return {
    key,
    unit,
    value: round(median(runs)),
    low: Math.min(...rounded),
    high: Math.max(...rounded),
    runs: runs.length,
    limit,
  };
}

export function median(numbers: readonly number[]): number {
  return percentile(numbers, 50);
}

/** The smallest of `numbers` that is not below `percent` per cent of them; between the two middle ones for the median. */
export function percentile(numbers: readonly number[], percent: number): number {
  if (numbers.length === 0) throw new Error('There is no percentile of nothing');
  const sorted = numbers.toSorted((a, b) => a - b);
  const place = (percent / 100) * sorted.length;
  const at = (index: number) => sorted[Math.min(sorted.length - 1, Math.max(0, index))] ?? NaN;
  if (percent === 50 && Number.isInteger(place)) return (at(place - 1) + at(place)) / 2;
  return at(Math.ceil(place) - 1);
}

/** Three digits are more than any of these numbers deserves. */
export function round(value: number): number {
  if (value === 0 || !Number.isFinite(value)) return value;
  if (Math.abs(value) >= 100) return Math.round(value);
  return Number(value.toPrecision(3));
}

export function grouped(value: number): string {
  return value.toLocaleString('en', { maximumFractionDigits: 3 });
}

/** How much of the limit was reached, for the sentence beside a rate. */
export function share(part: number, whole: number): string {
  return `${Math.round((part / whole) * 100)} %`;
}

/** The table as people read it, with the figures of the run before beside those of this one. */
export function table(figures: readonly Figure[]): string {
  const rows = figures.map(({ key, unit, value, low, high, runs, before, limit }) => [
    key,
    `${grouped(value)} ${unit}`.trim(),
    `${grouped(low)}–${grouped(high)} (${runs})`,
    before === null ? '–' : grouped(before),
    limit,
  ]);
  const lines = [['figure', 'median', 'range (runs)', 'before', 'what bounds it'], ...rows];
  const widths = [0, 1, 2, 3].map((column) => Math.max(...lines.map((line) => (line[column] ?? '').length)));
  return lines.map((line) => line.map((cell, i) => cell.padEnd(widths[i] ?? 0)).join('  ').trimEnd()).join('\n');
}
