import sanitizeHtml, { type Attributes } from 'sanitize-html';
import { isTooDeep } from '#server/html-depth.ts';
import { allowedStyles } from './html-styles.ts';
import { mailLimits } from './parsed.ts';

const layout = ['align', 'valign', 'width', 'height', 'bgcolor', 'dir', 'lang', 'style'];
const tags =
  'a abbr address article aside b bdi bdo big blockquote br caption center cite code col colgroup dd del div dl dt em figcaption figure font footer h1 h2 h3 h4 h5 h6 header hr i img ins kbd li main mark nav ol p pre q s samp section small span strike strong sub sup table tbody td tfoot th thead time tr tt u ul var wbr'.split(
    ' ',
  );
/** These go with all they hold; what else is unknown loses the tag and keeps its text. */
const swallowed =
  'script style title textarea option select noscript noembed noframes xmp plaintext iframe frame frameset object embed applet svg math template audio video canvas'.split(
    ' ',
  );

/** Inline pictures beyond this stay in the raw mail; a page of them would freeze the browser. */
const maxDataUrlChars = 300_000;

/**
 * HTML of a stranger made fit to store and show: allow-listed tags, attributes and style properties.
 * Remote images wait in `data-remote`, embedded ones in `data-cid`; nothing here loads by itself.
 * Null when the markup is too large or too deep to touch: show the text and offer the raw mail.
 */
export function sanitiseMail(html: string): string | null {
  if (html.length > mailLimits.htmlChars || isTooDeep(html)) return null;
  return sanitizeHtml(html.replaceAll('\0', '').toWellFormed(), {
    allowedTags: tags,
    nonTextTags: swallowed,
    allowedAttributes: {
      '*': layout,
      a: ['href', 'rel', 'target', 'title'],
      img: ['src', 'alt', 'title', 'data-remote', 'data-cid'],
      font: ['color', 'face', 'size'],
      table: ['border', 'cellpadding', 'cellspacing'],
      td: ['colspan', 'rowspan', 'nowrap'],
      th: ['colspan', 'rowspan', 'nowrap'],
      col: ['span'],
      ol: ['start', 'type'],
      li: ['value'],
    },
    allowedSchemes: ['http', 'https', 'mailto', 'tel'],
    allowedSchemesByTag: { img: ['data'] },
    allowProtocolRelative: false,
    allowedStyles: { '*': allowedStyles },
    nestingLimit: 200,
    transformTags: { a: linkOut, img: parkImage },
  });
}

/** Whether there is anything the "show images" switch would load. */
export function hasRemoteImages(sanitised: string): boolean {
  return /<img [^>]*data-remote="/.test(sanitised);
}

function linkOut(tagName: string, { href, title, style }: Attributes) {
  return {
    tagName,
    attribs: {
      ...(href ? { href } : {}),
      ...(title ? { title } : {}),
      ...(style ? { style } : {}),
      rel: 'noopener noreferrer nofollow',
      target: '_blank',
    },
  };
}

function parkImage(tagName: string, attribs: Attributes) {
  const { src, srcset: _, ...rest } = attribs;
  delete rest['data-remote'];
  delete rest['data-cid'];
  const address = (src ?? '').trim();
  if (/^(?:https?:)?\/\//i.test(address))
    rest['data-remote'] = address.replace(/^\/\//, 'https://').replace(/^https?:/i, (scheme) => scheme.toLowerCase());
  else if (
    /^data:image\/(?:png|jpe?g|gif|webp);base64,[a-z0-9+/=\s]*$/i.test(address) &&
    address.length <= maxDataUrlChars
  )
    rest['src'] = address;
  // `cid:` names a part by Content-ID, a bare name by Content-Location.
  else if (/^cid:/i.test(address) || /^[^:]{1,500}$/.test(address)) rest['data-cid'] = address.replace(/^cid:/i, '');
  return { tagName, attribs: rest };
}
