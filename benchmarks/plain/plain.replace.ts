import { type DerivedDataset, WHOLE } from '../../core/dataset.ts';
import type { Session } from '../../engine/session.ts';
import { ident, render } from '../../engine/sql-text.ts';
import { refuseFailedAudits, runAudits } from '../../quality/audits.ts';
import type { PlainLake } from './plain.lake.ts';
import { failedChecks, partitionOf } from './plain.sql.ts';

/** Builds a gold table anew where its inputs changed this night: the same days, or all of it. */
export async function replaceGold(
  session: Session,
  lake: PlainLake,
  dataset: DerivedDataset,
  sqlText: string,
): Promise<void> {
  const inputs = Object.entries(dataset.inputs);
  const changed = new Set(inputs.flatMap(([, { dataset: d }]) => [...lake.changed(d)]));
  const first = lake.files(dataset).length === 0;
  if (changed.size === 0 && !first) return;
  const days = dataset.partitionBy.kind === WHOLE ? undefined : changed;
  const relations = Object.fromEntries(inputs.map(([name, { dataset: d }]) => [name, lake.relation(d, days)]));
  const columns = dataset.columns.map((c) => ident(c.name)).join(', ');
  const sql = render(sqlText, relations, dataset.sql);
  const old = lake.files(dataset, days);
  const written = await session.rows<{ Files: string[] }>(
    lake.copySql(dataset.name, `SELECT ${columns}, ${partitionOf(dataset)} AS _partition FROM (${sql})`),
  );
  const files = written.flatMap((row) => row.Files);
  const relation = lake.relationOf(dataset, files);
  const bad = await session.value<bigint>(
    `SELECT count(*) FROM (SELECT ${failedChecks(dataset)} AS f FROM ${relation}) WHERE f IS NOT NULL`,
  );
  if (bad !== 0n) throw new Error(`${dataset.name}: ${bad} rows fail their checks`);
  refuseFailedAudits(dataset.name, await runAudits(session, dataset, relation));
  lake.replace(old);
  lake.written(dataset, files);
}
