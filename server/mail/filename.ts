const extensions: Record<string, string> = {
  'message/rfc822': 'eml',
  'text/plain': 'txt',
  'text/html': 'html',
  'text/calendar': 'ics',
  'text/csv': 'csv',
  'message/delivery-status': 'txt',
  'application/pdf': 'pdf',
  'application/pgp-signature': 'asc',
  'application/pkcs7-mime': 'p7m',
  'application/pkcs7-signature': 'p7s',
  'application/ms-tnef': 'dat',
  'image/png': 'png',
  'image/jpeg': 'jpg',
  'image/gif': 'gif',
  'image/webp': 'webp',
};

/** A name every file system takes and no display can be fooled by: no path, control or bidirectional characters, ≤ 255 bytes. '' when nothing is left. */
export function safeName(name: string): string {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    // U+202E makes `exe.gpj` read as `jpg.exe`; zero-width and tag characters hide text.
    .replace(/[\p{Cc}\p{Cf}\p{Co}\u2028\u2029\ufffe\uffff]/gu, '')
    .replace(/^.*[/\\]/s, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  return shorten(plain, 255);
}

/** A name for a part that brings none. `title` is for instance the subject of an embedded mail. */
export function nameFor(mime: string, title: string): string {
  const extension = extensions[mime] ?? (mime.startsWith('text/') ? 'txt' : 'bin');
  const base = safeName(title.replace(/[/\\]/g, '-')) || (mime.startsWith('image/') ? 'image' : 'attachment');
  return `${shorten(base, 120)}.${extension}`;
}

/** Cuts by bytes and keeps the extension, since programs go by it. */
function shorten(name: string, bytes: number): string {
  if (Buffer.byteLength(name) <= bytes) return name;
  const extension = /\.[^.]{1,16}$/.exec(name)?.[0] ?? '';
  let base = name.slice(0, name.length - extension.length);
  while (Buffer.byteLength(base + extension) > bytes) base = base.slice(0, -1);
  return base.toWellFormed().replace(/\ufffd$/, '') + extension;
}
