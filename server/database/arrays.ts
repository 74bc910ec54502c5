/*
 * Arrays as PostgreSQL writes them. The driver could ask each new connection for its array types, but nobody hears when that
 * question fails: a line that is cut just then ends the process with an unhandled rejection (postgres.js 3.4.9, connection.js,
 * fetchArrayTypes). The numbers of the built-in types never change (pg_type.dat).
 */

type Element = { array: number; parse(text: string): unknown; serialize(value: unknown): string };

const asText = { parse: (text: string) => text, serialize: String };
const asNumber = { parse: Number, serialize: String };
const asJson = { parse: (text: string): unknown => JSON.parse(text), serialize: JSON.stringify };
const asTime = {
  parse: (text: string) => new Date(text).toISOString(),
  serialize: (value: unknown) => (value instanceof Date ? value.toISOString() : String(value)),
};
const asTruth = { parse: (text: string) => text === 't', serialize: (value: unknown) => (value ? 't' : 'f') };

const elements = {
  bool: { array: 1000, ...asTruth },
  name: { array: 1003, ...asText },
  int2: { array: 1005, ...asNumber },
  int4: { array: 1007, ...asNumber },
  text: { array: 1009, ...asText },
  varchar: { array: 1015, ...asText },
  int8: { array: 1016, ...asNumber },
  float4: { array: 1021, ...asNumber },
  float8: { array: 1022, ...asNumber },
  oid: { array: 1028, ...asNumber },
  timestamptz: { array: 1185, ...asTime },
  uuid: { array: 2951, ...asText },
  jsonb: { array: 3807, ...asJson },
} satisfies Record<string, Element>;

/** For the driver, beside its own types. */
export const arrayTypes = Object.fromEntries(
  Object.entries(elements).map(([name, { array, parse, serialize }]) => [
    `${name}s`,
    {
      to: array,
      from: [array],
      parse: (text: string) => parseArray(text, parse),
      serialize: (values: unknown) => (Array.isArray(values) ? writeArray(values, serialize) : String(values)),
    },
  ]),
);

// An element in quotes, with its backslashes, or a bare one.
const element = /"((?:[^"\\]|\\.)*)"|[^,{}]+/gs;

/** Of one dimension. */
export function parseArray<T>(text: string, parse: (text: string) => T): (T | null)[] {
  // Behind the bounds, where it has other than the usual.
  return [...text.slice(text.indexOf('{')).matchAll(element)].map(([bare, quoted]) => {
    if (quoted !== undefined) return parse(quoted.replace(/\\(.)/gs, '$1'));
    return bare === 'NULL' ? null : parse(bare);
  });
}

export function writeArray(values: readonly unknown[], serialize: (value: unknown) => string): string {
  const written = values.map((value) =>
    value === null || value === undefined ? 'NULL' : `"${serialize(value).replace(/[\\"]/g, '\\$&')}"`,
  );
  return `{${written.join(',')}}`;
}
