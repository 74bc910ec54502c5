import { webAddress, type Block, type MailDesign } from './blocks.ts';
import { separatorAttribute, separatorClass, separatorText } from './above.ts';

const font = "font-family:'Segoe UI',Helvetica,Arial,sans-serif";
const text = `${font};font-size:15px;line-height:23px;color:#1f2328`;
const small = `${font};font-size:13px;line-height:19px;color:#5b6470`;

/**
 * The HTML part for programs that lay out as Outlook does: tables, inline styles, no images, no style sheet needed.
 * Everything but `rich` and `entry` HTML, which was sanitised, is escaped here.
 */
export function layOutHtml({ language, company, accent, preview, separator, blocks }: MailDesign): string {
  const colour = /^#[0-9a-f]{6}$/i.test(accent) ? accent : '#0f6b6b';
  const notes = blocks.filter((block) => block.kind === 'note');
  const body = blocks.filter((block) => block.kind !== 'note');
  return [
    `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width">`,
    `<meta name="color-scheme" content="light"><title>${escapeHtml(company)}</title></head>`,
    '<body style="margin:0;padding:0;background-color:#f4f5f7">',
    separator ? answerAbove(separator, previewOf(preview)) : previewOf(preview),
    '<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" bgcolor="#f4f5f7"><tr><td align="center" style="padding:16px 8px">',
    '<table role="presentation" width="600" cellpadding="0" cellspacing="0" border="0" bgcolor="#ffffff" style="width:100%;max-width:600px;border:1px solid #e3e6ea">',
    `<tr><td bgcolor="${colour}" style="height:4px;line-height:4px;font-size:4px">&nbsp;</td></tr>`,
    `<tr><td style="padding:20px 28px 0 28px;${font};font-size:15px;font-weight:bold;color:#1f2328">${escapeHtml(company)}</td></tr>`,
    `<tr><td style="padding:16px 28px 24px 28px;${text}">${body.map((block) => drawn(block, colour)).join('\n')}</td></tr>`,
    notes.length > 0
      ? `<tr><td style="padding:16px 28px 20px 28px;border-top:1px solid #e3e6ea;${small}">${notes.map((note) => `<p style="margin:0 0 6px 0">${escapeHtml(note.text)}</p>`).join('')}</td></tr>`
      : '',
    '</table></td></tr></table></body></html>',
  ].join('\n');
}

export function escapeHtml(value: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;', "'": '&#39;' };
  return value.replace(/[&<>"']/g, (character) => entities[character] ?? '');
}

/** Hidden, yet the first words an inbox shows. */
function previewOf(preview: string): string {
  return `<span style="display:none;max-height:0;overflow:hidden;mso-hide:all">${escapeHtml(preview)}</span>`;
}

/** Three marks, since programs strip now the one, now the other: class, attribute, and a token in hidden text. The preview stands within, or it would be quoted above the line. */
function answerAbove({ text: line, token }: { text: string; token: string }, preview: string): string {
  const hidden = 'font-size:1px;line-height:1px;color:#f4f5f7';
  const shown = `padding:8px;text-align:center;${font};font-size:12px;color:#6b7280`;
  return `<div class="${separatorClass}" ${separatorAttribute}="${token}" style="${shown}">${preview}<span style="${hidden}">${separatorText(token)}</span> ${escapeHtml(line)}</div>`;
}

function drawn(block: Block, colour: string): string {
  switch (block.kind) {
    case 'paragraph':
      return `<p style="margin:0 0 14px 0">${escapeHtml(block.text).replaceAll('\n', '<br>')}</p>`;
    case 'rich':
      return styled(block.html);
    case 'heading':
      return `<p style="margin:22px 0 10px 0;font-weight:bold">${escapeHtml(block.text)}</p>`;
    case 'button':
      return button({ label: block.label, url: webAddress(block.url), fallback: block.fallback, colour });
    case 'entry':
      return `<table role="presentation" width="100%" cellpadding="0" cellspacing="0" border="0" style="margin:0 0 12px 0"><tr><td style="padding:8px 12px;border-left:3px solid #d6dae0;${text}"><p style="margin:0 0 4px 0;${small}"><b>${escapeHtml(block.author)}</b>, ${escapeHtml(block.at)}</p>${styled(block.html)}</td></tr></table>`;
    case 'list':
      return `<p style="margin:14px 0 4px 0;${small}">${escapeHtml(block.title)}</p><ul style="margin:0 0 14px 0;padding-left:20px">${block.items.map((item) => `<li style="${small}">${escapeHtml(item)}</li>`).join('')}</ul>`;
    case 'note':
      return '';
  }
}

/** Outlook paints the cell, everything else the link: a button without images or VML. */
function button({
  label,
  url,
  fallback,
  colour,
}: {
  label: string;
  url: string;
  fallback: string;
  colour: string;
}): string {
  const href = escapeHtml(url);
  const ink = isDark(colour) ? '#ffffff' : '#1f2328';
  return `<table role="presentation" cellpadding="0" cellspacing="0" border="0" style="margin:18px 0 8px 0"><tr><td bgcolor="${colour}" style="padding:11px 22px;border-radius:6px"><a href="${href}" style="${font};font-size:15px;font-weight:bold;color:${ink};text-decoration:none">${escapeHtml(label)}</a></td></tr></table><p style="margin:0 0 14px 0;${small};word-break:break-all">${escapeHtml(fallback)} <a href="${href}" style="color:#5b6470">${href}</a></p>`;
}

/** Sanitised HTML carries no styles for these, and mail programs disagree about the defaults. */
function styled(html: string): string {
  return html
    .replaceAll('<p>', '<p style="margin:0 0 12px 0">')
    .replace(/<(ul|ol)(?=[ >])/g, '<$1 style="margin:0 0 12px 0;padding-left:24px"')
    .replaceAll(
      '<blockquote>',
      '<blockquote style="margin:0 0 12px 0;padding-left:12px;border-left:3px solid #d6dae0;color:#5b6470">',
    )
    .replaceAll(
      '<pre>',
      '<pre style="margin:0 0 12px 0;padding:8px;background-color:#f4f5f7;white-space:pre-wrap;font-family:Consolas,monospace;font-size:13px">',
    )
    .replaceAll('<code>', '<code style="font-family:Consolas,monospace;font-size:13px">');
}

/** WCAG's relative luminance against 0.35: white on yellow cannot be read. */
function isDark(colour: string): boolean {
  const [red = 0, green = 0, blue = 0] = [1, 3, 5].map((at) => (parseInt(colour.slice(at, at + 2), 16) / 255) ** 2.2);
  return 0.2126 * red + 0.7152 * green + 0.0722 * blue < 0.35;
}
