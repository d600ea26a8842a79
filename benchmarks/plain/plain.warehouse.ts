import { type Dataset, WHOLE } from '../../core/dataset.ts';
import type { Session } from '../../engine/session.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import type { PlainLake } from './plain.lake.ts';

/** Replaces the changed days of the gold tables in the warehouse file, in one transaction. */
export async function updateWarehouse(
  session: Session,
  lake: PlainLake,
  datasets: readonly Dataset[],
  path: string,
): Promise<void> {
  await session.run(`ATTACH ${literal(path)} AS warehouse`);
  await session.run('BEGIN');
  await session.run('CREATE SCHEMA IF NOT EXISTS warehouse.dev');
  for (const dataset of datasets.filter(({ name }) => name.startsWith('gold.'))) {
    const days = lake.changed(dataset);
    if (days.size === 0) continue;
    const table = `warehouse.dev.${ident(dataset.name.replace('gold.', ''))}`;
    await session.run(
      `CREATE TABLE IF NOT EXISTS ${table} (${dataset.columns.map((c) => `${ident(c.name)} ${c.sqlType}`).join(', ')})`,
    );
    const { partitionBy } = dataset;
    const within =
      partitionBy.kind === WHOLE ? '' : `WHERE ${ident(partitionBy.column)} IN (${[...days].map(literal).join(', ')})`;
    await session.run(`DELETE FROM ${table} ${within}`);
    const columns = dataset.columns.map((c) => ident(c.name)).join(', ');
    await session.run(
      `INSERT INTO ${table} SELECT ${columns} FROM ${lake.relation(dataset, partitionBy.kind === WHOLE ? undefined : days)}`,
    );
  }
  await session.run('COMMIT');
  await session.run('CHECKPOINT warehouse');
  await session.run('DETACH warehouse');
}
