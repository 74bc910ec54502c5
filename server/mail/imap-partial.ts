import type { ImapFlow, MessageStructureObject } from 'imapflow';

/** Of a mail that is too large: more text than that is nobody's letter. */
const mostTextBytes = 512 * 1024;

/** The head and the text of a mail that is too large to be fetched whole, as a mail of its own; null when it is gone. */
export async function fetchPartly(client: ImapFlow, uid: number): Promise<Buffer | null> {
  const told = await client.fetchOne(String(uid), { headers: true, bodyStructure: true }, { uid: true });
  if (!told || !told.headers) return null;
  const part = textPart(told.bodyStructure);
  const head = withoutType(told.headers.toString('latin1'));
  if (!part) return Buffer.from(`${head}Content-Type: text/plain\r\n\r\n`, 'latin1');
  // A mail of one part is its part 1 (RFC 3501, 6.4.5).
  const key = part.part ?? '1';
  const query = { bodyParts: [{ key, maxLength: mostTextBytes }] };
  const body = await client.fetchOne(String(uid), query, { uid: true });
  const bytes = body ? (body.bodyParts?.get(key) ?? Buffer.alloc(0)) : Buffer.alloc(0);
  const isDecoded = body ? (body.binaryParts?.has(key) ?? false) : false;
  const charset = part.parameters?.['charset']?.replace(/[^\w.:-]/g, '') ?? 'utf-8';
  const encoding = isDecoded ? '8bit' : (part.encoding ?? '7bit').replace(/[^\w-]/g, '');
  const type = `Content-Type: ${part.type.replace(/[^\w/.+-]/g, '')}; charset="${charset}"\r\nContent-Transfer-Encoding: ${encoding}\r\n\r\n`;
  return Buffer.concat([Buffer.from(head + type, 'latin1'), bytes]);
}

function textPart(structure: MessageStructureObject | undefined): MessageStructureObject | null {
  if (!structure) return null;
  const texts = flatten(structure).filter(
    ({ type, disposition }) => /^text\//.test(type) && disposition !== 'attachment',
  );
  return texts.find(({ type }) => type === 'text/plain') ?? texts.find(({ type }) => type === 'text/html') ?? null;
}

function flatten(node: MessageStructureObject): MessageStructureObject[] {
  return node.childNodes ? node.childNodes.flatMap(flatten) : [node];
}

/** What describes the whole would be wrong of the part. */
function withoutType(head: string): string {
  return head
    .replace(/\r?\n(?=[ \t])/g, '\0')
    .split(/\r?\n/)
    .filter((line) => line !== '' && !/^(content-[\w-]+|mime-version)[ \t]*:/i.test(line))
    .map((line) => `${line.replaceAll('\0', '\r\n')}\r\n`)
    .join('');
}
