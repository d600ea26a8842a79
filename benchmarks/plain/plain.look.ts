import type { SourceDataset } from '../../core/dataset.ts';
import { lakeColumns } from '../../core/lake-columns.ts';
import { ident } from '../../engine/sql-text.ts';
import type { PlainLake } from './plain.lake.ts';

/** Name under which PostgreSQL is attached. */
export const PLAIN_SERVER = 'oltp';

export interface Look {
  readonly app: string;
  readonly now: string;
  /** Midnight after the day that is loaded. */
  readonly until: string;
}

export const storedRows = (lake: PlainLake, dataset: SourceDataset): string =>
  `SELECT ${lakeColumns(dataset)
    .map(({ name }) => ident(name))
    .join(', ')} FROM ${lake.relation(dataset)}`;

/** Each key's newest row in bronze, be it a deletion. */
export const newestRows = (lake: PlainLake, dataset: SourceDataset): string =>
  `${storedRows(lake, dataset)} QUALIFY row_number() OVER (PARTITION BY ${dataset.key.map(ident).join(', ')} ORDER BY _position DESC, _op = 'd' DESC) = 1`;
