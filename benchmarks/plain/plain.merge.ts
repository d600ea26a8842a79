import type { DerivedDataset } from '../../core/dataset.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import type { Session } from '../../engine/session.ts';
import { ident, literal, render } from '../../engine/sql-text.ts';
import { refuseFailedAudits, runAudits } from '../../quality/audits.ts';
import type { PlainLake } from './plain.lake.ts';
import { failedChecks, keyText, partitionOf } from './plain.sql.ts';

/** Brings this night's new rows of bronze into a silver table: the newest row of each key stays, a deleted one goes. */
export async function mergeSilver(
  session: Session,
  lake: PlainLake,
  dataset: DerivedDataset,
  sqlText: string,
): Promise<void> {
  const [[rawName, raw] = ['', undefined], ...others] = Object.entries(dataset.inputs);
  const fresh = raw === undefined ? [] : lake.writtenFiles(raw.dataset);
  if (raw === undefined || fresh.length === 0) return;
  const key = dataset.key.map(ident).join(', ');
  const latestBy = ident(dataset.write.kind === 'merge' ? dataset.write.latestBy : '');
  const order = (of: string) => `(${of}.${latestBy}, ${of}._position, ${of}._tie)`;

  const tie = keyText(raw.dataset.key.length > 0 ? raw.dataset.key : raw.dataset.columns.map(({ name }) => name));
  await session.run(
    `CREATE OR REPLACE TEMP VIEW new_rows AS SELECT *, ${tie} AS _tie, ${partitionOf(raw.dataset)} AS _bronze_partition
     FROM ${lake.relationOf(raw.dataset, fresh)}`,
  );
  const relations = Object.fromEntries(others.map(([name, { dataset: d }]) => [name, lake.relation(d)]));
  const carried = sqlText.replace(
    'FROM {{raw}} AS raw',
    ', raw._op, raw._position, raw._tie, raw._bronze_partition FROM {{raw}} AS raw',
  );
  const sql = render(carried, { ...relations, [rawName]: 'new_rows' }, dataset.sql);
  const keepsDeletions = dataset.write.kind === 'merge' && dataset.write.deletes === 'keep';
  const failed = failedChecks(dataset);
  await session.run(
    `CREATE OR REPLACE TEMP TABLE candidate AS
     SELECT *, ${partitionOf(dataset)} AS _partition, ${keepsDeletions ? failed : `CASE WHEN _op = 'u' THEN ${failed} END`} AS _failed FROM (${sql})`,
  );
  await quarantine(session, lake, dataset);
  await session.run('DELETE FROM candidate WHERE _failed IS NOT NULL');
  if (await session.value<boolean>(`SELECT exists(SELECT 1 FROM candidate GROUP BY ${key} HAVING count(*) > 1)`)) {
    await session.run(
      `CREATE OR REPLACE TEMP TABLE candidate AS SELECT * FROM candidate
       QUALIFY row_number() OVER (PARTITION BY ${key} ORDER BY ${order('candidate')} DESC) = 1`,
    );
  }
  await session.run(
    `CREATE OR REPLACE TEMP TABLE held AS
     SELECT ${key}, ${latestBy}, _position, coalesce(_tie, ${keyText(dataset.key)}) AS _tie, ${partitionOf(dataset)} AS _partition
     FROM ${lake.relation(dataset)} SEMI JOIN candidate USING (${key})`,
  );
  const sameKey = dataset.key.map((c) => `h.${ident(c)} = candidate.${ident(c)}`).join(' AND ');
  await session.run(
    `DELETE FROM candidate WHERE EXISTS (SELECT 1 FROM held h WHERE ${sameKey} AND ${order('h')} > ${order('candidate')})`,
  );
  await writeTouched(session, lake, dataset, { key, rows: keepsDeletions ? 'true' : `_op = 'u'` });
}

async function writeTouched(
  session: Session,
  lake: PlainLake,
  dataset: DerivedDataset,
  { key, rows }: { key: string; rows: string },
): Promise<void> {
  const touched = await session.rows<{ p: string }>(
    `SELECT _partition AS p FROM candidate WHERE ${rows} UNION SELECT _partition FROM held SEMI JOIN candidate USING (${key})`,
  );
  if (touched.length === 0) return;
  const partitions = new Set(touched.map(({ p }) => p));
  const columns = lakeColumns(dataset).map(({ name }) => ident(name));
  const old = lake.files(dataset, partitions);
  const select = [...columns, '_partition'].join(', ');
  const written = await session.rows<{ Files: string[] }>(
    lake.copySql(
      dataset.name,
      `SELECT ${select} FROM (SELECT *, ${partitionOf(dataset)} AS _partition FROM ${lake.relationOf(dataset, old)}) ANTI JOIN candidate USING (${key})
       UNION ALL SELECT ${select.replace('"_tie"', `nullif(_tie, ${keyText(dataset.key)}) AS _tie`)} FROM candidate WHERE ${rows}`,
    ),
  );
  const files = written.flatMap((row) => row.Files);
  refuseFailedAudits(dataset.name, await runAudits(session, dataset, lake.relationOf(dataset, files)));
  lake.replace(dataset, old);
  lake.written(dataset, files);
}

/** The bad rows as JSON with the checks they failed. */
async function quarantine(session: Session, lake: PlainLake, dataset: DerivedDataset): Promise<void> {
  if (!(await session.value<boolean>('SELECT exists(SELECT 1 FROM candidate WHERE _failed IS NOT NULL)'))) return;
  const row = `to_json({${lakeColumns(dataset.inputs.raw!.dataset)
    .map((c) => `${literal(c.name)}: o.${ident(c.name)}`)
    .join(', ')}})::VARCHAR`;
  await session.run(
    lake.copySql(
      `quarantine.${dataset.name.replace('.', '__')}`,
      `SELECT ${row} AS row, array_to_string(c._failed, ',') AS failed_checks, c._bronze_partition AS _partition
       FROM candidate c JOIN new_rows o USING (_bronze_partition, _position, _tie) WHERE c._failed IS NOT NULL`,
    ),
  );
}
