import { randomUUID } from 'node:crypto';
import type { SourceDataset } from '../core/dataset.ts';
import { durationMillis, type Instant, shift } from '../core/instant.ts';
import type { Clock } from '../core/source.ts';
import type { SourceConnection } from './extraction.types.ts';
import { mongoTime } from './mongodb/mongo-time.ts';
import { cursorOf } from './postgres/bounds.ts';
import { describeRelation } from './postgres/catalog.ts';
import { postgresFault } from './postgres/fault.ts';
import { APPLICATION, openSnapshot } from './postgres/snapshot.ts';
import { tableTime } from './postgres/table-time.ts';

/** The two moments a low-water mark is made from; null where there is none. */
export interface SourceTime {
  readonly oldestOpen: Instant | null;
  readonly greatest: Instant | null;
}

/**
 * Before this moment the source shows every row it ever will; a range that ends before it can be read up to its end, a
 * later one is read as far as there are rows.
 * @returns null where nobody can tell: an empty table, a standby, a dataset that is read by snapshot
 * @throws unreachable, access_denied, source_mismatch
 */
export async function lowWaterOf(dataset: SourceDataset, connection: SourceConnection): Promise<Instant | null> {
  if (dataset.extraction.kind !== 'cursor') return null;
  const { clock, column } = dataset.extraction;
  const named = { name: dataset.source.name, ...connection };
  const field = dataset.sourceColumns[column] ?? column;
  const time =
    dataset.source.system === 'postgres'
      ? await postgresTime(dataset, named)
      : await mongoTime(named, dataset.relation, field);
  return markOf(clock, time);
}

function markOf(clock: Clock, { oldestOpen, greatest }: SourceTime): Instant | null {
  if (clock.kind === 'database') return oldestOpen && shift(oldestOpen, -durationMillis(clock.skew));
  return greatest && shift(greatest, -durationMillis(clock.lateness));
}

async function postgresTime(dataset: SourceDataset, connection: SourceConnection): Promise<SourceTime> {
  try {
    const { client, oldestOpen } = await openSnapshot(connection, dataset, `${APPLICATION} ${randomUUID()}`);
    try {
      const relation = await describeRelation(client, dataset);
      const cursor = cursorOf(dataset, relation);
      const greatest = cursor ? (await tableTime(client, dataset, relation, cursor)).greatest : null;
      return { oldestOpen, greatest };
    } finally {
      await client.end().catch(() => {});
    }
  } catch (error) {
    throw postgresFault(error, connection, dataset.relation);
  }
}
