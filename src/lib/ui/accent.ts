/** Black or white, whichever can be read on a colour the workspace chose (`#rrggbb`). */
export function readableOn(colour: string): '#000000' | '#ffffff' {
  const channels = /^#([0-9a-f]{2})([0-9a-f]{2})([0-9a-f]{2})$/i.exec(colour)?.slice(1) ?? ['00', '00', '00'];
  const [red = 0, green = 0, blue = 0] = channels.map((hex) => {
    const value = parseInt(hex, 16) / 255;
    return value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
  });
  const luminance = 0.2126 * red + 0.7152 * green + 0.0722 * blue;
  // Where both are equally readable; each has at least 4.5:1 on its side.
  return luminance > 0.179 ? '#000000' : '#ffffff';
}
