/*
 * `@supabase/lite` without what it does to the process: it puts another function in the place of `process.emitWarning`, which
 * throws where a warning is an Error, as Node's own are (0.10.0, dist/index.js, "Adding this to avoid warnings").
 */

const { emitWarning } = process;
const [{ App, getAuthSchemaSql }, { createPostgresConnection }] = await Promise.all([
  import('@supabase/lite'),
  import('@supabase/lite/postgres'),
]);
process.emitWarning = emitWarning;

export { App, createPostgresConnection, getAuthSchemaSql };
