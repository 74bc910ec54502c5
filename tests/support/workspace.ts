import { afterAll, beforeAll } from 'vitest';
import { createCast, type Cast } from './cast.ts';
import { createTestDatabase, type TestDatabase } from './database.ts';

/** A database of its own with the named cast, for one test file. */
export function useWorkspace(): { readonly db: TestDatabase; readonly cast: Cast } {
  let db: TestDatabase;
  let cast: Cast;
  beforeAll(async () => {
    db = await createTestDatabase();
    cast = await createCast();
  });
  afterAll(() => db.drop());
  return {
    get db() {
      return db;
    },
    get cast() {
      return cast;
    },
  };
}
