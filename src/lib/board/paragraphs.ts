const marks: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };

/** Plain text as the HTML that messages are made of: an empty line parts paragraphs. Empty for nothing. */
export function paragraphs(text: string): string {
  const safe = text.trim().replace(/[&<>"]/g, (mark) => marks[mark] ?? mark);
  if (!safe) return '';
  return safe
    .split(/\n\s*\n/)
    .map((paragraph) => `<p>${paragraph.replaceAll('\n', '<br>')}</p>`)
    .join('');
}
