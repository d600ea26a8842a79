import type { DerivedDataset } from '../../core/dataset.ts';
import type { Session } from '../../engine/session.ts';
import { ident, literal, render } from '../../engine/sql-text.ts';
import { refuseFailedAudits, runAudits } from '../../quality/audits.ts';
import { historySql } from './plain.history.ts';
import type { PlainLake } from './plain.lake.ts';
import { partitionsToMake, partitionsToRead } from './plain.partitions.ts';
import { failedChecks, partitionOf } from './plain.sql.ts';

/** Builds a gold table anew where its inputs changed this night. */
export async function replaceGold(
  session: Session,
  lake: PlainLake,
  dataset: DerivedDataset,
  sqlText: string,
): Promise<void> {
  const made = partitionsToMake(lake, dataset);
  if (made.size === 0) return;
  const relations = Object.fromEntries(
    Object.entries(dataset.inputs).map(([name, input]) => [
      name,
      lake.relation(input.dataset, partitionsToRead(lake, dataset, input, made)),
    ]),
  );
  const columns = dataset.columns.map((c) => ident(c.name)).join(', ');
  const sql = render(sqlText, relations, dataset.sql);
  const { history } = dataset;
  const rows = history ? historySql(dataset, history, sql, relations) : sql;
  const whole = dataset.partitionBy.kind !== 'time';
  const wanted = whole ? '' : `WHERE _partition IN (${[...made].map(literal).join(', ')})`;
  const old = lake.files(dataset, whole ? undefined : made);
  const written = await session.rows<{ Files: string[] }>(
    lake.copySql(
      dataset.name,
      `SELECT * FROM (SELECT ${columns}, ${partitionOf(dataset)} AS _partition FROM (${rows}\n)) ${wanted}`,
    ),
  );
  const files = written.flatMap((row) => row.Files);
  const relation = lake.relationOf(dataset, files);
  const bad = await session.value<bigint>(
    `SELECT count(*) FROM (SELECT ${failedChecks(dataset)} AS f FROM ${relation}) WHERE f IS NOT NULL`,
  );
  if (bad !== 0n) throw new Error(`${dataset.name}: ${bad} rows fail their checks`);
  refuseFailedAudits(dataset.name, await runAudits(session, dataset, relation));
  lake.replace(dataset, old);
  lake.written(dataset, files);
}
