/**
 * Style properties a mail may use. One value pattern for all: no backslash (CSS escapes spell `url`),
 * no comment, no function but colours. Position, transforms and animation would let a mail draw over its frame.
 */
const value =
  /^(?!.*(?:url|expression|image|attr|var|env|element|paint|calc|src|behavior|binding)\s*\()(?:[\w\s#%.,'"!/+-]|(?:rgba?|hsla?)\([\d\s.,%/]{1,40}\))*$/i;
const size = /^(?:auto|inherit|initial|0|-?[\d.]{1,7}(?:px|pt|em|rem|ex|ch|cm|mm|in|%|vw)?)(?:\s*!important)?$/i;
const sides = /^(?:\s*(?:auto|0|-?[\d.]{1,7}(?:px|pt|em|rem|ex|cm|mm|in|%)?)){1,4}(?:\s*!important)?$/i;

const plain =
  'color background background-color font font-family font-size font-style font-variant font-weight line-height letter-spacing word-spacing text-align text-decoration text-decoration-line text-decoration-color text-indent text-transform vertical-align white-space word-break word-wrap overflow-wrap direction unicode-bidi border border-top border-right border-bottom border-left border-color border-style border-width border-radius border-collapse border-spacing list-style-type list-style-position table-layout empty-cells caption-side float clear mso-line-height-rule'.split(
    ' ',
  );
const sized = 'width min-width max-width height min-height max-height'.split(' ');
const spaced =
  'margin margin-top margin-right margin-bottom margin-left padding padding-top padding-right padding-bottom padding-left'.split(
    ' ',
  );

export const allowedStyles: Record<string, RegExp[]> = {
  ...Object.fromEntries(plain.map((name) => [name, [value]])),
  ...Object.fromEntries(sized.map((name) => [name, [size]])),
  ...Object.fromEntries(spaced.map((name) => [name, [sides]])),
  display: [/^(?:block|inline|inline-block|none|table|table-cell|table-row|list-item)(?:\s*!important)?$/i],
};
