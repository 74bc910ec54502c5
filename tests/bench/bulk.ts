import type { Sql, TransactionSql } from '#server/database/pool.ts';

/**
 * Many rows at one go, grown, not lived: without triggers, without looking up what each refers to, and with the indexes made
 * from all rows instead of row by row. Afterwards the table has the very indexes it had; those of its keys stay all the time.
 */
export async function inBulk(owner: Sql, table: string, insert: (sql: TransactionSql) => Promise<unknown>): Promise<void> {
  await owner.begin(async (sql) => {
    await sql`set local session_replication_role = replica`;
    await sql`set local statement_timeout = 0`;
    await sql`set local maintenance_work_mem = '512MB'`;
    const indexes = await sql<{ name: string; definition: string }[]>`
      select i.indexrelid::regclass::text as name, pg_get_indexdef(i.indexrelid) as definition
      from pg_index i
      where i.indrelid = ${`lotse.${table}`}::regclass
        and not exists (select from pg_constraint c where c.conindid = i.indexrelid)
    `;
    for (const { name } of indexes) await sql.unsafe(`drop index ${name}`);
    await insert(sql);
    for (const { definition } of indexes) await sql.unsafe(definition);
  });
  await owner.begin(async (sql) => {
    await sql`set local statement_timeout = 0`;
    await sql.unsafe(`analyze lotse.${table}`);
  });
}
