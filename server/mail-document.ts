export type DocumentOptions = {
  /** Load the remote images that sanitising parked. */
  showImages: boolean;
  /** Address of an embedded image by Content-ID or Content-Location; null leaves its place empty. */
  imageUrl?: (reference: string) => string | null;
  /** Origin that serves embedded images, e.g. `https://files.example.org`; the frame's own origin is opaque. */
  imageOrigin?: string;
};

/**
 * A whole document for `<iframe sandbox="allow-popups" srcdoc>` from what `sanitiseMail` gave. The policy is the
 * second wall: even an image or script that slipped through sanitising would not load.
 */
export function documentFor(sanitised: string, { showImages, imageUrl, imageOrigin }: DocumentOptions): string {
  const origin = imageOrigin && /^https?:\/\/[\w.:[\]-]+$/.test(imageOrigin) ? ` ${imageOrigin}` : '';
  const images = `data:${origin}${showImages ? ' https: http:' : ''}`;
  const policy = `default-src 'none'; img-src ${images}; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'`;
  const body = sanitised.replace(/<img\b[^>]*>/g, (image) => placed(image, { showImages, imageUrl }));
  return [
    '<!doctype html><html><head><meta charset="utf-8">',
    `<meta http-equiv="Content-Security-Policy" content="${policy}">`,
    '<meta name="referrer" content="no-referrer"><meta name="viewport" content="width=device-width">',
    `<style>${style}</style></head><body>${body}</body></html>`,
  ].join('');
}

const style =
  'html{color-scheme:light;background:#fff}body{margin:0;padding:1px;font:15px/1.5 system-ui,sans-serif;color:#1a1c20;overflow-wrap:anywhere}' +
  'img{max-width:100%;height:auto}table{max-width:100%}pre{white-space:pre-wrap}blockquote{margin:0 0 0 8px;padding-left:8px;border-left:2px solid #ccc}';

function placed(image: string, { showImages, imageUrl }: Pick<DocumentOptions, 'showImages' | 'imageUrl'>): string {
  if (showImages && / data-remote="/.test(image))
    return image.replace(' data-remote="', ' referrerpolicy="no-referrer" loading="lazy" src="');
  return image.replace(/ data-cid="([^"]*)"/, (whole, reference: string) => {
    const url = imageUrl?.(unescaped(reference));
    return url ? ` src="${escaped(url)}"` : whole;
  });
}

function unescaped(text: string): string {
  return text.replace(/&(amp|lt|gt|quot);/g, (_, name: string) => ({ lt: '<', gt: '>', quot: '"' })[name] ?? '&');
}

function escaped(text: string): string {
  return text.replace(/[&<>"]/g, (char) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;' })[char] ?? '&quot;');
}
