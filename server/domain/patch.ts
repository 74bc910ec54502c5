/** The fields that a change names, under their column's name; undefined means "leave as it is". */
export function named<T extends Record<string, unknown>>(fields: T): Partial<T> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined)) as Partial<T>;
}
