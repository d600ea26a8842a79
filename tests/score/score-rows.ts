import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import type { RunningWorker } from '../../workers/worker.ts';

export interface ScoreRow {
  readonly event_key: string;
  readonly score: number;
  readonly decision: string;
  readonly decided_by: string;
  readonly reasons: { feature: string; value: number | string | null; contribution: number }[] | null;
  readonly model_version: number;
}

/** The lake's scores by key, read by a DuckDB that knows nothing of Strata. */
export async function scoreRows({ platform }: RunningWorker, folder: string): Promise<Map<string, ScoreRow>> {
  const { files } = await platform.lake.table('score.bank_fraud').load();
  const paths = [...files.values()].map(({ path }) => `'${join(folder, 'lake/dev/score/bank_fraud', path)}'`);
  if (paths.length === 0) return new Map();
  const connection = await (await DuckDBInstance.create(':memory:')).connect();
  const reader = await connection.runAndReadAll(`SELECT * FROM read_parquet([${paths.join(', ')}])`);
  connection.closeSync();
  return new Map(
    reader.getRowObjects().map((row) => {
      const reasons = row.reasons === null ? null : (JSON.parse(String(row.reasons)) as ScoreRow['reasons']);
      const own = { ...row, reasons, model_version: Number(row.model_version) };
      return [String(row.event_key), own as unknown as ScoreRow];
    }),
  );
}
