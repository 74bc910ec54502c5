import type { TransactionSql } from '#server/database/pool.ts';

/* What a query reads to answer. */

type Node = {
  'Node Type': string;
  'Relation Name'?: string;
  'Actual Rows'?: number;
  'Actual Loops'?: number;
  'Rows Removed by Filter'?: number;
  Plans?: Node[];
};

export type Plan = { touched: (table: string) => number; scanned: string[] };

export async function explain(sql: TransactionSql, query: string): Promise<Plan> {
  const [row] = await sql.unsafe<{ queryPlan: [{ Plan: Node }] }[]>(`explain (analyze, format json) ${query}`);
  const nodes: Node[] = [];
  const walk = (node: Node) => {
    nodes.push(node);
    node.Plans?.forEach(walk);
  };
  const [plan] = row?.queryPlan ?? (Object.values(row ?? {})[0] as [{ Plan: Node }]);
  walk(plan.Plan);
  return {
    /** How many rows were looked at, kept or not. */
    touched: (table) =>
      nodes
        .filter((node) => node['Relation Name'] === table)
        .reduce(
          (sum, node) =>
            sum + ((node['Actual Rows'] ?? 0) + (node['Rows Removed by Filter'] ?? 0)) * (node['Actual Loops'] ?? 1),
          0,
        ),
    scanned: nodes.filter((node) => node['Node Type'] === 'Seq Scan').map((node) => node['Relation Name'] ?? ''),
  };
}

/** Inside functions and policies nothing is explained: what work reads of a table is counted, but for what an index alone answers. */
export async function readOf<T>(sql: TransactionSql, table: string, work: () => Promise<T>) {
  const count = async () => {
    const [row] = await sql<{ scanned: number; fetched: number }[]>`
      select coalesce(seq_tup_read, 0) as scanned, coalesce(idx_tup_fetch, 0) as fetched
      from pg_stat_xact_user_tables where schemaname = 'lotse' and relname = ${table}
    `;
    return row ?? { scanned: 0, fetched: 0 };
  };
  // What earlier transactions of the connection read may not have been handed over yet.
  const before = await count();
  const result = await work();
  const { scanned, fetched } = await count();
  return { result, scanned: scanned - before.scanned, fetched: fetched - before.fetched };
}
