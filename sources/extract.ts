import type { SourceDataset } from '../core/dataset.ts';
import type { Staged } from '../core/ports.ts';
import type { ExtractOptions, ExtractRequest, SourceConnection } from './extraction.types.ts';
import { extractMongodb } from './mongodb/extract-mongodb.ts';
import { extractPostgres } from './postgres/postgres.source.ts';

/**
 * Reads a source table into Parquet files in `options.directory`: the declared columns, then `_op`, `_position`,
 * `_observed_at`. Exact: a value that its declared type cannot hold is an error, never NULL, never rounded. Complete or
 * nothing: all rows are of one moment where the source can give one, and after an error no file is left.
 * @throws source_mismatch (table, column, type or value not as declared), access_denied, unreachable or conflict (both
 * worth a retry), cancelled, storage
 */
export async function extract(
  dataset: SourceDataset,
  request: ExtractRequest,
  connection: SourceConnection,
  options: ExtractOptions,
): Promise<Staged> {
  const named = { name: dataset.source.name, ...connection };
  switch (dataset.source.system) {
    case 'postgres':
      return extractPostgres(dataset, request, named, options);
    case 'mongodb':
      return extractMongodb(dataset, request, named, options);
  }
}
