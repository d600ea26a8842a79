import { lakeColumns } from '../core/lake-columns.ts';
import { QUARANTINE_COLUMNS } from '../core/quarantine.ts';
import { ident, literal } from '../engine/sql-text.ts';
import type { BuildInput, MergeInput } from './build-input.ts';
import type { QuarantineFile } from './build-output.ts';
import { keyText } from './candidates.ts';
import { writePartitions } from './write-partitions.ts';

/** The observations whose transformed row failed a check, as they came from the source. */
export async function writeObservationQuarantine(input: MergeInput): Promise<QuarantineFile[]> {
  const raw = lakeColumns(input.raw.dataset).map((c) => `o.${ident(c.name)}`);
  const row = `to_json({${lakeColumns(input.raw.dataset)
    .map((c, i) => `${ident(c.name)}: ${raw[i]}`)
    .join(', ')}})::VARCHAR`;
  return write(
    input,
    `SELECT ${row} AS row, array_to_string(b._failed, ',') AS failed_checks, ${keyOf(input, 'b')} AS row_key,
       b._bronze_partition AS input_partition, b._position AS position, b._tie AS tie, ${provenance(input)}, b._bronze_partition AS _partition
     FROM failed b
     JOIN ${ident(input.raw.name)} o USING (_bronze_partition, _position, _tie)`,
  );
}

/** Built rows that failed a check: where an output row has no single observation behind it. */
export async function writeRowQuarantine(input: BuildInput): Promise<QuarantineFile[]> {
  const row = `to_json({${input.dataset.columns.map((c) => `${ident(c.name)}: b.${ident(c.name)}`).join(', ')}})::VARCHAR`;
  return write(
    input,
    `SELECT ${row} AS row, array_to_string(b._failed, ',') AS failed_checks, ${keyOf(input, 'b')} AS row_key,
       b._partition AS input_partition, NULL::BIGINT AS position, NULL::VARCHAR AS tie, ${provenance(input)}, b._partition
     FROM failed b`,
  );
}

const provenance = (input: BuildInput): string =>
  `${input.epoch}::BIGINT AS epoch, ${literal(input.claim)} AS claim, ${literal(input.run)} AS run`;

const keyOf = (input: BuildInput, alias: string): string =>
  input.dataset.key.length === 0 ? 'NULL::VARCHAR' : keyText(input.dataset.key, alias);

async function write(input: BuildInput, query: string): Promise<QuarantineFile[]> {
  const { session } = input;
  if ((await session.value<boolean>('SELECT exists(SELECT 1 FROM failed)')) !== true) return [];
  await session.run(`CREATE OR REPLACE TEMP TABLE quarantined AS ${query}`);
  const partitions = await session.rows<{ p: string }>('SELECT DISTINCT _partition AS p FROM quarantined ORDER BY p');
  const files = await writePartitions(
    session,
    'quarantined',
    QUARANTINE_COLUMNS,
    partitions.map((r) => r.p),
    input.directory,
  );
  return [...files].flatMap(([inputPartition, list]) => list.map((file) => ({ ...file, inputPartition })));
}
