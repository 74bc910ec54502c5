import EmailReplyParser from 'email-reply-parser';
import type { Fold } from './quote.ts';
import { quoteHeaderAt, type QuoteHeader } from './quote-headers.ts';
import { isSeparatorText } from './separator.ts';

/** Nobody writes more by hand; email-reply-parser 2.3 hung for 40 s on 1.8 MB, so it sees far less. */
const maxChars = 200_000;
const maxParserChars = 16_000;

const mobileLine =
  /^\s*(?:von meine[mr] .{2,60} gesendet|gesendet (?:von|mit|aus) .{2,80}|.{0,20}outlook für \w+.{0,60} (?:beziehen|herunterladen).{0,60}|holen sie sich outlook für .{2,60}|diese nachricht wurde von mein.{2,60} gesendet|sent (?:from|via|using|with) .{2,90}|get outlook for .{2,60}|envoyé (?:de|depuis|à partir) .{2,80}|enviado desde .{2,60}|inviato da .{2,60}|sendt fra .{2,60}|skickat från .{2,60}|verzonden (?:vanaf|met) .{2,60}|verstuurd vanaf .{2,60}|отправлено .{2,60})$/i;

type Lines = { lines: string[]; offsets: number[] };

/** Finds the run of quoted text (with signature and mobile line) in a plain-text reply. Never leaves nothing; null means: cut nothing. */
export function splitText(text: string, separator?: string): Fold | null {
  if (text.length > maxChars) return null;
  const split = linesOf(text);
  const fold = ownRules(split, text, separator) ?? parserRule(text);
  if (!fold) return null;
  const rest = text.slice(0, fold.from) + text.slice(fold.to);
  return /[\p{L}\p{N}\p{So}]/u.test(rest) ? fold : null;
}

function ownRules({ lines, offsets }: Lines, text: string, separator?: string): Fold | null {
  const header = firstHeader(lines, separator);
  if (header?.kind === 'forward') return null;
  const start = header?.line ?? trailingQuote(lines);
  if (start === null) return signatureFold({ lines, offsets }, lines.length, text.length);
  const hasOwnBefore = lines.slice(0, start).some(isOwn);
  if (header?.kind === 'attribution' || !header) {
    const after = afterQuote(lines, header?.next ?? start);
    if (after !== null && lines.slice(after).some(isOwn)) {
      // Own words follow the quote: bottom posting folds the head; anything woven is left alone.
      if (hasOwnBefore || lines.slice(after).some((line) => /^\s*>/.test(line)))
        return hasOwnBefore && isSignature(lines.slice(after)) ? foldFrom() : null;
      return { from: offsets[start] ?? 0, to: offsets[after] ?? text.length, by: 'bottom-post' };
    }
  }
  return hasOwnBefore ? foldFrom() : null;

  function foldFrom(): Fold {
    const signature = signatureFold({ lines, offsets }, start ?? lines.length, text.length);
    return signature ?? { from: offsets[start ?? 0] ?? 0, to: text.length, by: header?.kind ?? 'quote' };
  }
}

/** The separator of our own mails stands inside the quote: its introduction is found first, else the cut is at the separator. */
function firstHeader(lines: string[], separator?: string): QuoteHeader | null {
  for (const [line, text] of lines.entries()) {
    const header = quoteHeaderAt(lines, line);
    if (header && !isWoven(lines, header)) return header;
    if (isSeparatorText(text, separator)) return { line, next: line, kind: 'block' };
  }
  return null;
}

/** A sentence that merely looks like an attribution has text after it that no mark quotes while others do. */
function isWoven(lines: string[], header: QuoteHeader): boolean {
  if (header.kind !== 'attribution') return false;
  const next = lines.slice(header.next).find((line) => line.trim() !== '');
  return (
    next !== undefined &&
    !/^\s*>/.test(next) &&
    lines.slice(header.next).some((line) => /^>/.test(line)) &&
    lines.slice(0, header.line).some((line) => /^>/.test(line))
  );
}

/** First line after the quoted run, or null when the quote is not marked and so runs to the end. */
function afterQuote(lines: string[], from: number): number | null {
  let line = from;
  while (line < lines.length && (lines[line] ?? '').trim() === '') line++;
  if (!/^\s*>/.test(lines[line] ?? '')) return null;
  while (line < lines.length && (/^\s*>/.test(lines[line] ?? '') || (lines[line] ?? '').trim() === '')) line++;
  return line;
}

function trailingQuote(lines: string[]): number | null {
  let line = lines.length;
  while (line > 0 && (/^\s*>/.test(lines[line - 1] ?? '') || (lines[line - 1] ?? '').trim() === '')) line--;
  const quoted = lines.slice(line);
  if (!quoted.some((text) => /^\s*>/.test(text))) return null;
  // Answers woven into the quote end with a quote only by accident: leave them.
  return lines.slice(0, line).some((text) => /^\s*>/.test(text)) ? null : line;
}

/** From the "-- " line, or the line a phone adds, above `end`. */
function signatureFold({ lines, offsets }: Lines, end: number, length: number): Fold | null {
  let line = end - 1;
  while (line >= 0 && (lines[line] ?? '').trim() === '') line--;
  const last = lines[line] ?? '';
  const dashes = lines.slice(0, end).findIndex((text) => /^-- ?$/.test(text));
  if (dashes > 0 && end - dashes < 25 && lines.slice(0, dashes).some(isOwn))
    return { from: offsets[dashes] ?? 0, to: length, by: 'signature' };
  if (line > 0 && mobileLine.test(last) && lines.slice(0, line).some(isOwn))
    return { from: offsets[line] ?? 0, to: length, by: 'mobile' };
  return null;
}

function isSignature(lines: string[]): boolean {
  const first = lines.find((line) => line.trim() !== '') ?? '';
  return /^--\s*$/.test(first) || mobileLine.test(first) || /^_{10,}$/.test(first.trim());
}

function isOwn(line: string): boolean {
  return /[\p{L}\p{N}\p{So}]/u.test(line) && !/^\s*>/.test(line);
}

/** A second opinion in fifteen languages; taken only where its answer is a plain beginning of the text. */
function parserRule(text: string): Fold | null {
  if (text.length > maxParserChars || !/\n/.test(text.trim())) return null;
  const visible = new EmailReplyParser().parseReply(text).trim();
  const start = text.length - text.trimStart().length;
  if (visible.length < 2 || !text.startsWith(visible, start)) return null;
  const from = start + visible.length;
  return text.slice(from).trim() === '' ? null : { from, to: text.length, by: 'email-reply-parser' };
}

function linesOf(text: string): Lines {
  const offsets: number[] = [];
  let at = 0;
  const lines = text.split('\n').map((line) => {
    offsets.push(at);
    at += line.length + 1;
    return line.replace(/\r$/, '');
  });
  return { lines, offsets };
}
