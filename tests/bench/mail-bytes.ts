import { randomUUID } from 'node:crypto';

const sentence = 'Seit Montag tropft im Badezimmer der Hahn, und das Wasser läuft inzwischen bis in den Flur. ';

/** Each customer in a domain of his own: of one domain's people only so many an hour get a confirmation. */
export const customer = (number: number) => `erika@customer-${number}.example`;

/** A megabyte as it travels: base64 makes four bytes of three, and breaks its lines. */
const largeFileBytes = 745_000;
const file = Buffer.alloc(largeFileBytes, 'Ein Bild vom Schaden, das sich nicht zusammendrücken lässt. ').toString('base64');
const fileLines = file.replace(/.{76}/g, '$&\r\n');

/** The same letter with a picture: 1 MB. */
export function largeMailBytes(number: number): string {
  const letter = mailBytes(number);
  const at = letter.indexOf('Content-Type: multipart');
  const picture = [
    '--m4c7',
    `Content-Type: image/jpeg; name="Schaden ${number}.jpg"`,
    'Content-Disposition: attachment',
    'Content-Transfer-Encoding: base64',
    '',
    fileLines,
    '--m4c7--',
    '',
  ];
  const head = 'Content-Type: multipart/mixed; boundary="m4c7"';
  return [`${letter.slice(0, at)}${head}`, '', '--m4c7', letter.slice(at), ...picture].join('\r\n');
}

/** A customer's mail as phones and offices write it: 10 KB in two alternatives. */
export function mailBytes(number: number): string {
  const text = sentence.repeat(40);
  const html = `<html><body><p>${sentence.repeat(20)}</p><p>${sentence.repeat(22)}</p><p>Grüße<br>E. Mustermann</p></body></html>`;
  const boundary = 'b1f0c2';
  return [
    `From: Erika Mustermann ${number} <${customer(number)}>`,
    'To: service@nordlicht.example',
    `Subject: Der Hahn in Wohnung ${number} tropft`,
    `Message-ID: <${randomUUID()}@example.org>`,
    `Date: ${new Date().toUTCString()}`,
    'MIME-Version: 1.0',
    `Content-Type: multipart/alternative; boundary="${boundary}"`,
    '',
    ...part(boundary, 'plain', text),
    ...part(boundary, 'html', html),
    `--${boundary}--`,
    '',
  ].join('\r\n');
}

function part(boundary: string, type: string, text: string): string[] {
  const lines = Buffer.from(text).toString('base64').replace(/.{76}/g, '$&\r\n');
  return [`--${boundary}`, `Content-Type: text/${type}; charset=utf-8`, 'Content-Transfer-Encoding: base64', '', lines];
}
