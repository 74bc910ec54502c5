import { parseDocument } from 'htmlparser2';
import { isTag, type ChildNode, type Element } from 'domhandler';
import { describe, expect, test } from 'vitest';
import { richTextToPlain, sanitiseRichText } from '#server/html.ts';
import { documentFor } from '#server/mail-document.ts';
import { hasRemoteImages, sanitiseMail } from '#server/mail/html.ts';
import { attacks } from '../../support/attacks.ts';

const allowedAttributes =
  /^(?:href|rel|target|title|src|alt|data-remote|data-cid|align|valign|width|height|bgcolor|dir|lang|style|color|face|size|border|cellpadding|cellspacing|colspan|rowspan|nowrap|span|start|type|value)$/;
const forbiddenTags =
  /^(?:script|style|iframe|object|embed|svg|math|form|input|button|link|base|meta|video|audio|source|template|textarea|title|noscript|frame|frameset|applet|select|dialog|details|marquee)$/;

describe('mail from strangers', () => {
  test.each(attacks)('survives nothing of %s', (attack) => {
    for (const html of [attack, `<p>a</p>${attack}<p>b</p>`, `<table><tr><td>${attack}`])
      expectHarmless(sanitiseMail(html) ?? '');
  });

  test('sanitising again changes nothing', () => {
    for (const attack of attacks.filter((html) => !/<img/i.test(html))) {
      const once = sanitiseMail(attack) ?? '';
      expect(sanitiseMail(once)).toBe(once);
    }
  });

  test('an ordinary newsletter keeps its look', () => {
    const html =
      '<table width="600" cellpadding="0" bgcolor="#eeeeee"><tr><td style="padding: 8px 12px; color: #333; font-family: Arial, sans-serif; background-color: rgb(250, 250, 250)" align="center">Guten Tag</td></tr></table>';
    expect(sanitiseMail(html)).toBe(
      '<table width="600" cellpadding="0" bgcolor="#eeeeee"><tr><td style="padding:8px 12px;color:#333;font-family:Arial, sans-serif;background-color:rgb(250, 250, 250)" align="center">Guten Tag</td></tr></table>',
    );
  });

  test('remote images wait until they are asked for', () => {
    const safe =
      sanitiseMail('<p>Hallo <img src="https://tracker.example/pixel.gif?id=7" alt="Logo" width="1"></p>') ?? '';
    expect(safe).not.toMatch(/\ssrc=/);
    expect(hasRemoteImages(safe)).toBe(true);
    const closed = documentFor(safe, { showImages: false });
    expect(closed).not.toMatch(/\ssrc=/);
    expect(closed).toContain("default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'");
    const open = documentFor(safe, { showImages: true });
    expect(open).toContain('src="https://tracker.example/pixel.gif?id=7"');
    expect(open).toContain('img-src data: https: http:');
  });

  test('embedded images are put in place by what they are called, not by what it begins with', () => {
    const safe = sanitiseMail('<img src="cid:1"><img src="CID:12%40example.org"><img src="image001.png">') ?? '';
    const asked: string[] = [];
    const html = documentFor(safe, {
      showImages: false,
      imageOrigin: 'https://files.example.org',
      imageUrl: (reference) => {
        asked.push(reference);
        return reference === '1' ? 'https://files.example.org/a?b=1&c="x"' : null;
      },
    });
    expect(asked).toEqual(['1', '12%40example.org', 'image001.png']);
    expect(html).toContain('src="https://files.example.org/a?b=1&amp;c=&quot;x&quot;"');
    expect(html).toContain('img-src data: https://files.example.org;');
  });

  test('an origin that is none does not open the policy', () => {
    expect(documentFor('', { showImages: false, imageOrigin: "*; script-src 'unsafe-inline'" })).toContain(
      'img-src data:; style-src',
    );
  });

  test('links lead out of the frame and tell nobody where from', () => {
    expect(sanitiseMail('<a href="https://example.org" target="_top" rel="opener">x</a>')).toBe(
      '<a href="https://example.org" rel="noopener noreferrer nofollow" target="_blank">x</a>',
    );
  });

  test('what cannot be touched safely is not shown at all', () => {
    expect(sanitiseMail('<div>'.repeat(100_000))).toBeNull();
    expect(sanitiseMail('x'.repeat(3_000_000))).toBeNull();
  });
});

describe('text from the composer', () => {
  test.each(attacks)('survives nothing of %s', (attack) => {
    expectHarmless(sanitiseRichText(`<p>a</p>${attack}`));
  });

  test('keeps what the composer can write', () => {
    const html =
      '<p>Guten Tag <strong>Frau Weber</strong>,<br />siehe <em>hier</em> <u>und</u> <s>dort</s> <code>x</code></p><ol start="3"><li><p>eins</p></li></ol><ul><li><p>zwei</p></li></ul><blockquote><p>Zitat</p></blockquote><pre><code>a\n b</code></pre>';
    expect(sanitiseRichText(html)).toBe(html);
    expect(richTextToPlain(html)).toBe(
      'Guten Tag Frau Weber,\nsiehe hier und dort x\n\n 3. eins\n\n- zwei\n\n> Zitat\n\na\n b',
    );
  });

  test('drops images, styles and classes but no words', () => {
    expect(
      sanitiseRichText(
        '<h1 class="x" style="color:red">Titel</h1><img src="https://tracker.example/p.gif"><div>Text</div>',
      ),
    ).toBe('Titel<p>Text</p>');
  });
});

function expectHarmless(html: string): void {
  for (const element of elementsOf(parseDocument(html).children)) {
    expect(element.name).not.toMatch(forbiddenTags);
    for (const [name, value] of Object.entries(element.attribs)) {
      expect(name).toMatch(allowedAttributes);
      if (name === 'href') expect(value).toMatch(/^(?:https?:|mailto:|tel:|[^:]*$)/i);
      if (name === 'src') expect(value).toMatch(/^data:image\/(?:png|jpe?g|gif|webp);base64,/);
      if (name === 'data-remote') expect(value).toMatch(/^https?:\/\//);
      if (name === 'style')
        expect(value).not.toMatch(/url|expression|image|\\|position|behavior|binding|content|cursor/i);
    }
  }
}

function elementsOf(nodes: ChildNode[]): Element[] {
  return nodes.flatMap((node) => (isTag(node) ? [node, ...elementsOf(node.children)] : []));
}
