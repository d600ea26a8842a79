import { type DerivedDataset, WHOLE } from '../../core/dataset.ts';
import type { Session } from '../../engine/session.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import type { PlainLake } from './plain.lake.ts';
import { partitionOf } from './plain.sql.ts';

/** Replaces the changed partitions of the gold tables in the warehouse file, in one transaction. */
export async function updateWarehouse(
  session: Session,
  lake: PlainLake,
  datasets: readonly DerivedDataset[],
  path: string,
): Promise<void> {
  await session.run(`ATTACH ${literal(path)} AS warehouse`);
  await session.run('BEGIN');
  await session.run('CREATE SCHEMA IF NOT EXISTS warehouse.dev');
  for (const dataset of datasets.filter(({ name }) => name.startsWith('gold.'))) {
    const table = `warehouse.dev.${ident(dataset.name.replace('gold.', ''))}`;
    await session.run(
      `CREATE TABLE IF NOT EXISTS ${table} (${dataset.columns.map((c) => `${ident(c.name)} ${c.sqlType}`).join(', ')})`,
    );
    const changed = lake.changed(dataset);
    if (changed.size === 0) continue;
    await session.run(`DELETE FROM ${table} ${within(dataset, changed)}`);
    const columns = dataset.columns.map((c) => ident(c.name)).join(', ');
    await session.run(`INSERT INTO ${table} SELECT ${columns} FROM ${lake.relation(dataset, changed)}`);
  }
  await session.run('COMMIT');
  await session.run('CHECKPOINT warehouse');
  await session.run('DETACH warehouse');
}

/** Tables that are not cut by time are written whole. */
function within(dataset: DerivedDataset, partitions: ReadonlySet<string>): string {
  const { partitionBy } = dataset;
  if (partitionBy.kind === WHOLE || partitionBy.kind === 'bucket') return '';
  return `WHERE ${partitionOf(dataset)} IN (${[...partitions].map(literal).join(', ')})`;
}
