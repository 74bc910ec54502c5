/** Numbers stand to the right. */
export function markdown(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(' | ')} |`;
  return [line(head), line(head.map((_, i) => (i === 0 ? '---' : '--:'))), ...rows.map(line)].join('\n');
}

/** Two digits: the simulation knows no more. */
export function number(value: number): string {
  if (value === 0) return '0';
  if (!Number.isFinite(value)) return '–';
  return Number(value.toPrecision(2)).toLocaleString('en', { maximumFractionDigits: 3 });
}

export function percent(share: number): string {
  return share > 0 && share < 0.01 ? '< 1 %' : `${Math.round(share * 100)} %`;
}

/** Below a second in milliseconds. */
export function time(ms: number): string {
  return ms < 1_000 ? `${number(ms)} ms` : `${number(ms / 1_000)} s`;
}

export function bytes(count: number): string {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  const power = Math.min(units.length - 1, Math.max(0, Math.floor(Math.log10(count) / 3)));
  return `${number(count / 1_000 ** power)} ${units[power] ?? ''}`;
}

/** The text between two markers of a document, and the document with another one there. */
export function section(document: string, name: string): { text: string; replaced(text: string): string } {
  const [begin, end] = [`<!-- simulation: ${name} -->\n`, `\n<!-- end -->`];
  const from = document.indexOf(begin);
  const to = document.indexOf(end, from);
  if (from < 0 || to < 0) throw new Error(`docs/scale.md has no place for ${name}`);
  const start = from + begin.length;
  return {
    text: document.slice(start, to).trim(),
    replaced: (text) => `${document.slice(0, start)}\n${text}\n${document.slice(to)}`,
  };
}
