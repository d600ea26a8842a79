import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Retraining } from '../../core/retraining.ts';
import type { Session } from '../../engine/session.ts';
import { ident, literal } from '../../engine/sql-text.ts';
import { fetchVerified } from '../../ml/artifact-file.ts';
import { type Column, type Dataset, type Feature, sharedColumn } from '../../ml/dataset.ts';
import type { Attempt } from '../attempt.ts';
import type { Platform } from '../platform.ts';
import { TARGET } from './labelled-rows.ts';
import type { FileRef } from './retrain.types.ts';

/** A relation over a kept Parquet file, after its hash was found right. */
export async function openSet(
  { store }: Pick<Platform, 'store'>,
  { directory }: Attempt,
  ref: FileRef,
): Promise<string> {
  const file = join(directory, `${ref.sha256}.parquet`);
  await writeFile(file, await fetchVerified(store, ref));
  return `read_parquet(${literal(file)})`;
}

/** What a model that learns from these rows is given: the codes of its categories are the labels that they hold. */
export async function signatureOf(
  session: Session,
  relation: string,
  { numeric, categorical }: Pick<Retraining, 'numeric' | 'categorical'>,
): Promise<Feature[]> {
  const features: Feature[] = numeric.map((name) => ({ name, kind: 'number' }));
  for (const name of categorical) {
    const rows = await session.rows<{ v: string }>(
      `SELECT DISTINCT ${ident(name)}::VARCHAR AS v FROM ${relation} WHERE ${ident(name)} IS NOT NULL ORDER BY v`,
    );
    features.push({ name, kind: 'category', labels: rows.map(({ v }) => v) });
  }
  return features;
}

/** These features of all rows in the relation's order, and the rows' labels. Null, and a label that is not known, is NaN. */
export async function readDataset(session: Session, relation: string, features: readonly Feature[]): Promise<Dataset> {
  const rows = Number(await session.value<bigint>(`SELECT count(*) FROM ${relation}`));
  const expressions = features.map(({ name, kind, labels }) =>
    kind === 'category' ? codeOf(name, labels ?? []) : `${ident(name)}::DOUBLE`,
  );
  const columns = features.map((feature): Column => ({ ...feature, values: sharedColumn(rows) }));
  const target = new Uint8Array(rows);
  let row = 0;
  const result = await session.connection.stream(
    `SELECT ${[...expressions.map((e) => `coalesce(${e}, 'nan'::DOUBLE)`), `${TARGET}::UTINYINT`].join(', ')} FROM ${relation}`,
  );
  for (let chunk = await result.fetchChunk(); chunk && chunk.rowCount > 0; chunk = await result.fetchChunk()) {
    for (const [c, { values }] of columns.entries()) {
      const vector = chunk.getColumnVector(c);
      for (let i = 0; i < chunk.rowCount; i++) values[row + i] = vector.getItem(i) as number;
    }
    const labelled = chunk.getColumnVector(columns.length);
    for (let i = 0; i < chunk.rowCount; i++) target[row + i] = labelled.getItem(i) as number;
    row += chunk.rowCount;
  }
  return { columns, rows, target };
}

const codeOf = (name: string, known: readonly string[]): string =>
  `(nullif(list_position([${known.map(literal).join(', ')}]::VARCHAR[], ${ident(name)}::VARCHAR), 0) - 1)::DOUBLE`;
