import { simpleParser, type Attachment } from 'mailparser';
import { addresses, addressField, deliveredAddresses, oneLine } from './addresses.ts';
import { nameFor, safeName } from './filename.ts';
import { clean, decodeCharset, decodeWords, headerText, messageIds, readHeaders } from './headers.ts';
import { toText } from './html-text.ts';
import { mailLimits, type MailAttachment, type ParsedMail } from './parsed.ts';
import { repairMail } from './repair.ts';
import { maxParts } from './structure.ts';

/** Decodes in this thread, unbounded in time; `parseMail` is the door for mail from outside. */
export async function decodeMail(original: Buffer): Promise<ParsedMail> {
  const { raw, truncated, mixed } = repairMail(original);
  const decoded = await simpleParser(raw, {
    skipHtmlToText: true,
    skipTextToHtml: !mixed,
    skipTextLinks: true,
    keepCidLinks: true,
    keepDeliveryStatus: true,
    // mailparser silently drops parts at its own default of 1,000; the repair has cut before that.
    ...{ maxChildNodes: maxParts * 2 },
  });
  const headers = readHeaders(raw);
  const notes = truncated ? ['parts'] : [];
  const html = decoded.html ? capped(decoded.html, mailLimits.htmlChars, { name: 'html', notes }) : null;
  const to = addresses(decoded.to);
  const cc = addresses(decoded.cc);
  const files = decoded.attachments.map((part, index) => attachmentOf(part, index, html));
  const reportParts = files.filter((file) => isReportPart(file, headers));
  const attachments = files.filter((file) => !reportParts.includes(file));
  const text = decoded.text && !(mixed && html) ? decoded.text : html ? toText(html) : '';
  return {
    messageId: messageIds(headerText(headers, 'message-id'))[0] ?? null,
    inReplyTo: messageIds(headerText(headers, 'in-reply-to')).slice(0, mailLimits.inReplyTo),
    references: boundedReferences(messageIds(headerText(headers, 'references'))),
    subject: oneLine(decoded.subject ?? '')
      .slice(0, mailLimits.subjectChars)
      .toWellFormed(),
    from: addresses(decoded.from)[0] ?? null,
    handedOnBy: null,
    sender: addresses(addressField(decoded, 'sender'))[0] ?? null,
    replyTo: addresses(decoded.replyTo).slice(0, 10),
    to: to.slice(0, mailLimits.recipients),
    cc: cc.slice(0, mailLimits.recipients),
    deliveredTo: deliveredAddresses(headers, [...to, ...cc]),
    date: readDate(headerText(headers, 'date')),
    text: capped(text || (html === null ? namedText(decoded.attachments) : ''), mailLimits.textChars, {
      name: 'text',
      notes,
    }),
    html,
    attachments,
    reportParts,
    headers,
    notes: to.length + cc.length > mailLimits.recipients ? [...notes, 'recipients'] : notes,
  };
}

function attachmentOf(part: Attachment, index: number, html: string | null): MailAttachment {
  const given = safeName(part.filename ?? '');
  const mime = part.contentType.toLowerCase().slice(0, 127);
  const title = mime === 'message/rfc822' ? innerSubject(part.content) : `attachment-${index + 1}`;
  const contentId = part.cid ? clean(part.cid).slice(0, 995) : null;
  const location = part.headers.get('content-location');
  const contentLocation = typeof location === 'string' ? clean(location).slice(0, 995) : null;
  return {
    name: given || nameFor(mime, title),
    named: given !== '',
    mime,
    size: part.content.length,
    contentId,
    contentLocation,
    inline: html !== null && isShownBy(html, contentId, contentLocation),
    content: part.content,
  };
}

/** Some systems send reports as multipart/mixed, but a status part is one anywhere. */
function isReportPart({ mime, named }: MailAttachment, headers: Map<string, string[]>): boolean {
  if (/^message\/(?:global-|delivery-|disposition-|feedback-)/.test(mime)) return true;
  const isReport =
    /^multipart\/report|delivery-status/i.test(headerText(headers, 'content-type')) ||
    /mailer-?daemon|postmaster/i.test(headerText(headers, 'from'));
  return isReport && !named && /^(?:message\/rfc822|text\/rfc822-headers)$/.test(mime);
}

function isShownBy(html: string, contentId: string | null, contentLocation: string | null): boolean {
  if (contentLocation && html.includes(contentLocation)) return true;
  if (!contentId) return false;
  const wanted = contentId.toLowerCase();
  return [...html.matchAll(/\bcid:([^'"\s>)]{1,995})/gi)].some((match) => contentIdOf(match[1] ?? '') === wanted);
}

/** A `cid:` reference as it is compared: percent-decoded, lower-case, without brackets. */
function contentIdOf(reference: string): string {
  const bare = reference.replace(/^cid:/i, '').replace(/&amp;/g, '&');
  return percentDecoded(bare).replace(/^<|>$/g, '').toLowerCase();
}

function percentDecoded(text: string): string {
  return text.replace(/(?:%[0-9a-f]{2})+/gi, (run) => Buffer.from(run.replaceAll('%', ''), 'hex').toString('utf8'));
}

/** A mail whose only text came as a named part still says what it says. */
function namedText(parts: Attachment[]): string {
  const part = parts.find(({ contentType }) => contentType === 'text/plain');
  if (!part) return '';
  const type = part.headers.get('content-type');
  const charset = typeof type === 'object' && 'params' in type ? type.params['charset'] : undefined;
  return decodeCharset(part.content, charset ?? 'utf-8') ?? part.content.toString('utf8');
}

function innerSubject(content: Buffer): string {
  return decodeWords(headerText(readHeaders(content), 'subject')).slice(0, 120);
}

function boundedReferences(ids: string[]): string[] {
  if (ids.length <= mailLimits.references) return ids;
  return [...ids.slice(0, 1), ...ids.slice(1 - mailLimits.references)];
}

function readDate(value: string): Date | null {
  const date = new Date(value.replace(/\([^)]*\)/g, ''));
  const year = date.getUTCFullYear();
  return year > 1970 && year < 2200 ? date : null;
}

function capped(text: string, limit: number, { name, notes }: { name: string; notes: string[] }): string {
  if (text.length <= limit) return clean(text);
  notes.push(name);
  return clean(text.slice(0, limit));
}
