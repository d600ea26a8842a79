import type { DerivedDataset } from '../core/dataset.ts';
import { instantFromMicros } from '../core/instant.ts';
import type { LakeColumn } from '../core/lake-columns.ts';
import { lakeColumns } from '../core/lake-columns.ts';
import type { Session } from '../engine/session.ts';
import { ident, readParquet } from '../engine/sql-text.ts';
import type { AsOfKey, MergeInput } from './build-input.ts';
import type { BuildOutput } from './build-output.ts';
import { writeFile } from './write-partitions.ts';

/**
 * For the readers of this table by key and time: which keys may show another row, from when until when. A row that came or
 * left at `t` changes what readers see from `t` to the key's next row.
 */
export async function writeKeyChanges(input: MergeInput): Promise<BuildOutput['keyChanges']> {
  const { session, dataset, asOfKey, directory } = input;
  if (!asOfKey) return undefined;
  const keys = asOfKey.columns.map(ident).join(', ');
  const from = `${ident(asOfKey.validFrom)}::TIMESTAMP::TIMESTAMPTZ`;
  await session.run(
    `CREATE OR REPLACE TEMP TABLE changed AS
     SELECT DISTINCT ${keys}, ${from} AS _from FROM (SELECT * FROM removed UNION ALL BY NAME SELECT * EXCLUDE (_op, _failed) FROM entering)
     WHERE ${ident(asOfKey.validFrom)} IS NOT NULL`,
  );
  const ranges = rangesSql(input, asOfKey, from);
  return writeRanges(session, dataset, asOfKey, `(${ranges})`, directory);
}

/** @param relation with the key columns, `_from` and `_to`; read more than once */
export async function writeRanges(
  session: Session,
  dataset: DerivedDataset,
  asOfKey: AsOfKey,
  relation: string,
  directory: string,
): Promise<BuildOutput['keyChanges']> {
  const [summary] = await session.rows<{ rows: bigint; first: bigint; open: boolean; last: bigint | null }>(
    `SELECT count(*) AS rows, min(_from) AS first, bool_or(_to IS NULL) AS open, max(_to) AS last FROM ${relation}`,
  );
  if (!summary || summary.rows === 0n) return undefined;
  const columns: LakeColumn[] = [
    ...asOfKey.columns.map((name) => ({
      name,
      sqlType: dataset.columns.find((c) => c.name === name)?.sqlType ?? 'VARCHAR',
    })),
    { name: '_from', sqlType: 'TIMESTAMPTZ' },
    { name: '_to', sqlType: 'TIMESTAMPTZ' },
  ];
  const names = columns.map((c) => ident(c.name)).join(', ');
  const file = await writeFile(session, `SELECT ${names} FROM ${relation}`, columns, directory);
  return {
    ...file,
    from: instantFromMicros(summary.first),
    to: summary.open || summary.last === null ? null : instantFromMicros(summary.last),
  };
}

/** Where a key has one row at most, no later row ends what a change shows, and the table need not be read for it. */
function rangesSql({ dataset, current }: MergeInput, asOfKey: AsOfKey, from: string): string {
  const keys = asOfKey.columns.map(ident).join(', ');
  if (dataset.key.every((column) => asOfKey.columns.includes(column))) {
    return 'SELECT *, NULL::TIMESTAMPTZ AS _to FROM changed';
  }
  const table = readParquet(
    current.map((f) => f.uri),
    lakeColumns(dataset),
  );
  const timeline = `SELECT ${keys}, ${from} AS _from FROM ${table} SEMI JOIN changed USING (${keys}) UNION SELECT ${keys}, _from FROM changed`;
  return `WITH ranges AS (SELECT *, lead(_from) OVER (PARTITION BY ${keys} ORDER BY _from) AS _to FROM (${timeline}))
    SELECT * FROM ranges SEMI JOIN changed USING (${keys}, _from)`;
}
