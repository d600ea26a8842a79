import { randomUUID } from 'node:crypto';
import type { SourceDataset } from '../../core/dataset.ts';
import type { SourceConnection } from '../extraction.types.ts';
import { cursorOf } from './bounds.ts';
import { describeRelation } from './catalog.ts';
import { connectPostgres } from './connection.ts';
import { postgresFault } from './fault.ts';
import { projectionsOf } from './projection.ts';
import { APPLICATION } from './snapshot.ts';
import { undeclaredColumns } from './undeclared.ts';

/** @returns undeclared columns. @throws what an extraction would before it reads */
export async function checkRelation(dataset: SourceDataset, connection: SourceConnection): Promise<string[]> {
  try {
    const client = await connectPostgres(connection, `${APPLICATION} ${randomUUID()}`);
    try {
      const relation = await describeRelation(client, dataset);
      projectionsOf(dataset, relation);
      cursorOf(dataset, relation);
      return undeclaredColumns(dataset, relation);
    } finally {
      await client.end().catch(() => {});
    }
  } catch (error) {
    throw postgresFault(error, connection, dataset.relation);
  }
}
