import { pictureTypes } from '#lib/shared/conversation.ts';
import type { Original } from '#server/domain/conversation/original.ts';
import { read } from '#server/files.ts';
import { documentFor } from '#server/mail-document.ts';

/** Pictures beyond this would freeze the frame; they hang on the mail as files anyway. */
const mostPictureBytes = 8 * 1024 * 1024;

/** A mail as it came, for a sandboxed frame: with a policy of its own, since a srcdoc would inherit the page's and show no picture. */
export async function mailPage(original: Original, { asked }: { asked: boolean }): Promise<Response> {
  const showImages = asked || original.isTrusted;
  const pictures = await picturesOf(original);
  const imageUrl = (reference: string) => pictures.get(reference) ?? null;
  return new Response(documentFor(original.html, { showImages, imageUrl }), {
    headers: {
      'content-type': 'text/html; charset=utf-8',
      'content-security-policy': [
        `default-src 'none'; img-src data:${showImages ? ' https: http:' : ''}; style-src 'unsafe-inline'`,
        "form-action 'none'; base-uri 'none'; frame-ancestors 'self'",
        'sandbox allow-same-origin allow-popups allow-popups-to-escape-sandbox',
      ].join('; '),
      'cache-control': 'no-store',
      'referrer-policy': 'no-referrer',
    },
  });
}

async function picturesOf({ html, pictures }: Original): Promise<Map<string, string>> {
  const urls = new Map<string, string>();
  let bytes = 0;
  for (const { contentId, mime, size, storageKey } of pictures) {
    if (!pictureTypes.includes(mime) || !html.includes('data-cid=')) continue;
    bytes += size;
    if (bytes > mostPictureBytes) break;
    urls.set(contentId, `data:${mime};base64,${(await read(storageKey)).toString('base64')}`);
  }
  return urls;
}
