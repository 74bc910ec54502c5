/**
 * The lines with which mail programs introduce what they quote. All patterns run on one line or a
 * few joined ones of ≤ 500 characters, so none can backtrack far.
 */

/** "Am 2. April 2026 um 10:11 schrieb Support <…>:" and its sisters; the verb decides, so the line may start anywhere. */
const attributionEnds =
  /(?:(?<!\p{L})(?:wrote|schrieb|écrit|escribió|ha scritto|escreveu|schreef|skrev|pisze|napisał(?:\(a\))?|napsal(?:\(a\))?|kirjoitti)|написала?|пише|пишет|yazdı|写道|작성|のメッセージ)\s*[:：]?[\s-]*$/iu;
const attributionMiddle =
  /^\W{0,3}(?:Am|On|Den|Op|Le|El|Il|Em)\b.{4,300}?(?<!\p{L})(?:schrieb|wrote|skrev|schreef|écrit)(?!\p{L}).{0,200}:\s*$/iu;
const attributionStarts =
  /^[\s>*_-]{0,6}(?:(?:Am|On|Le|El|Il|Em|In data|Op|Den|Dnia|W dniu|pe|ma|ti|ke|to|la|su|Dne|Vào|ср|пн|вт|чт|пт|сб|вс)[\s,.]|\d|"?\p{L}[^:]{0,80}[<[(]?[^\s@]+@|\p{L}{2,4}[.,]? \d|20\d\d|在)/iu;
/** `11:00 AM, November 17, 2021, "John" <john@…>:` and `ср, 30 апр. 2025 г. в 15:19, John <…>:` bring no verb at all. */
const datedAddress = /^(?=.*\d{4})(?=.*\d[:.]\d\d).{6,200}<[^<>\s]+@[^<>\s]+>\s*:\s*$/u;

const dashed =
  /^[\s*>]*[-_]{1,12}\s?(?:original message|ursprüngliche (?:nachricht|mail|e-mail)|originalnachricht|original-nachricht|originalmail|antwort an|oprindelig besked|message d'origine|mensaje original|messaggio originale|oorspronkelijk bericht|reply message|original email)\s?[-_]{0,12}\s*$/i;

const forwarded =
  /^[\s*>]*(?:-{2,12}\s?)?(?:forwarded message|weitergeleitete (?:nachricht|mail)|begin forwarded message|anfang der weitergeleiteten (?:nachricht|e-mail)|message transféré)\b.{0,40}$/i;

const fromLine = /^[\s*>_]{0,6}(?:From|Von|De|Van|Da|Fra|Från|Od|От)\s?:\*{0,2}\s?\S/i;
const dateLine =
  /^[\s*>_]{0,6}(?:Sent|Gesendet|Date|Datum|Envoyé(?: le)?|Verzonden|Inviato|Enviado(?: el)?|Sendt|Dato|Skickat|Wysłano)\s?:/i;
const otherLine =
  /^[\s*>_]{0,6}(?:To|An|Cc|Kopie|Subject|Betreff|À|Objet|Aan|Onderwerp|A|Oggetto|Para|Asunto|Assunto|Til|Emne|Till|Ämne|Do|Temat|Reply-To|Antwort an|Wichtigkeit|Importance)\s?:/i;
const ruleLine = /^[\s]*[_-]{10,}\s*$/;

export type QuoteHeader = { line: number; next: number; kind: 'attribution' | 'block' | 'forward' };

/** Looks for a quote header beginning at this line; `next` is the first line after it. */
export function quoteHeaderAt(lines: string[], line: number): QuoteHeader | null {
  const first = lines[line] ?? '';
  // What is quoted already brings its own introduction somewhere above, or needs none.
  if (first.length > 500 || /^\s*(?:>|$)/.test(first)) return null;
  if (forwarded.test(first)) return { line, next: line + 1, kind: 'forward' };
  if (dashed.test(first)) return { line, next: line + 1, kind: 'block' };
  return blockAt(lines, line) ?? attributionAt(lines, line);
}

export function isAttribution(text: string): boolean {
  const line = text.replace(/\s+/g, ' ').trim();
  if (line.length < 8 || line.length > 400) return false;
  if (datedAddress.test(line) || attributionMiddle.test(line)) return true;
  return attributionEnds.test(line) && attributionStarts.test(line) && /\d|@/.test(line);
}

/** From/Sent/To/Subject in any of a few languages; three of them close together, one saying who or when. */
export function isHeaderBlock(lines: string[]): boolean {
  const few = lines.slice(0, 8);
  const first = few[0] ?? '';
  if (!fromLine.test(first) && !dateLine.test(first)) return false;
  const named = few.filter((line) => fromLine.test(line) || dateLine.test(line) || otherLine.test(line)).length;
  return named >= 3 && few.some((line) => fromLine.test(line));
}

function blockAt(lines: string[], line: number): QuoteHeader | null {
  const start = ruleLine.test(lines[line] ?? '') ? line + 1 : line;
  const few = lines.slice(start, start + 10).map((text) => text.slice(0, 300));
  if (!isHeaderBlock(few)) return null;
  const end = few.findIndex((text) => text.trim() === '');
  return { line, next: start + (end < 0 ? few.length : end), kind: 'block' };
}

/** Programs wrap the sentence at 72 columns: up to three lines make one. */
function attributionAt(lines: string[], line: number): QuoteHeader | null {
  let joined = '';
  for (let count = 0; count < 3; count++) {
    const text = lines[line + count];
    if (text === undefined || /^\s*(?:>|$)/.test(text) || text.length > 400) return null;
    joined = `${joined} ${text.trim()}`;
    if (isAttribution(joined)) return { line, next: line + count + 1, kind: 'attribution' };
  }
  return null;
}
