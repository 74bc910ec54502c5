/** What a mail says, decoded and cleaned; the raw bytes stay the only truth. All text is free of NUL and lone surrogates. */
export type ParsedMail = {
  /** Ids come without angle brackets, case kept; null when the mail has none. */
  messageId: string | null;
  /** Usually one; bounded to 5. */
  inReplyTo: string[];
  /** Oldest first; bounded to the first and the 19 newest. */
  references: string[];
  /** One line, encoded words decoded; '' when absent. */
  subject: string;
  from: MailAddress | null;
  /** Who stood in From where that was a list: then `from` is who it says wrote, which is no proof (handed-on.ts). */
  handedOnBy: MailAddress | null;
  sender: MailAddress | null;
  replyTo: MailAddress[];
  to: MailAddress[];
  cc: MailAddress[];
  /** Lower-case addresses of Delivered-To, X-Original-To, Envelope-To, X-Forwarded-To, then To and Cc: where a reply token may stand. */
  deliveredTo: string[];
  /** Null when absent or unreadable; never trusted for order. */
  date: Date | null;
  /** Plain text, `\n` line ends; made from the HTML when the mail brings none. */
  text: string;
  /** As received, NOT safe to show: pass it through `sanitiseMail`. */
  html: string | null;
  attachments: MailAttachment[];
  /** The machine-readable and returned parts of a delivery or feedback report: for machines to read, not for the ticket to list. */
  reportParts: MailAttachment[];
  /** Unfolded raw values (encoded words not decoded) by lower-case name, in order of appearance. */
  headers: Map<string, string[]>;
  /** What was cut or mended on the way, e.g. `parts`, `text`, `recipients`. */
  notes: string[];
};

/** `address` is lower-case; `name` is '' when none was given. */
export type MailAddress = { name: string; address: string };

export type MailAttachment = {
  /** Always usable as a file name, ≤ 255 bytes. */
  name: string;
  /** False when the mail gave no name and `name` was made up. */
  named: boolean;
  mime: string;
  size: number;
  /** Content-ID without angle brackets. */
  contentId: string | null;
  contentLocation: string | null;
  /** The HTML shows it by `cid:` or its location; otherwise it must be listed as a file. */
  inline: boolean;
  content: Buffer;
};

/** Each limit stands with its reason. */
export const mailLimits = {
  /** Common providers stop at 25–35 MB; base64 adds a third. */
  bytes: 60 * 1024 * 1024,
  /** More text than this is kept in the raw mail only. */
  textChars: 1024 * 1024,
  htmlChars: 2 * 1024 * 1024,
  subjectChars: 998,
  recipients: 200,
  references: 20,
  inReplyTo: 5,
  headerLines: 2000,
  headerChars: 8192,
} as const;
