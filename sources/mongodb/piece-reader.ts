import type { Collection, Filter, ObjectId } from 'mongodb';
import type { SourceDataset } from '../../core/dataset.ts';
import type { Session } from '../../engine/session.ts';
import type { SourceConnection, StagedFile } from '../extraction.types.ts';
import type { DocumentReader } from './document-reader.ts';
import { isEnded, mongoFault } from './fault.ts';
import { ParquetSpool } from './parquet-spool.ts';
import type { Piece } from './pieces.ts';

export interface PieceWork {
  readonly collection: Collection;
  readonly piece: Piece;
  readonly reader: DocumentReader;
  readonly dataset: SourceDataset;
  readonly session: Session;
  readonly stamps: string;
  readonly batchSize: number | undefined;
  /** Of the next file. */
  readonly path: () => string;
  readonly connection: SourceConnection;
  readonly signal: AbortSignal;
}

/** In a row without a document in between. */
const ATTEMPTS = 5;
const PAUSE_MILLIS = 300;

/**
 * Stages one piece. Cursors die (30 minutes without a read, a failover): a piece in the order of `_id` then goes on
 * behind the last document, any other is thrown away and read again.
 */
export async function readPiece(work: PieceWork): Promise<readonly StagedFile[]> {
  const { piece, reader, session, dataset, signal } = work;
  let spool: ParquetSpool | undefined;
  let last: ObjectId | undefined;
  let failures = 0;
  for (;;) {
    spool ??= await ParquetSpool.open(session, dataset.columns, work.stamps, work.path);
    try {
      for await (const document of open(work, last)) {
        const row = reader.row(document);
        if (row) await spool.add(row, document.byteLength);
        if (piece.byId) [last, failures] = [reader.objectId(document), 0];
      }
      return await spool.finish();
    } catch (error) {
      const fault = mongoFault(error, work.connection, dataset.relation);
      failures++;
      if (signal.aborted || !isEnded(fault) || failures === ATTEMPTS) throw error;
      if (!piece.byId) {
        await spool.discard();
        spool = undefined;
      }
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS * failures));
    }
  }
}

/** Only needed first-level fields travel: projecting deeper would drop a parent that is no object without a word. */
function open(
  { collection, piece, reader, signal, batchSize }: PieceWork,
  after: ObjectId | undefined,
): AsyncIterable<Uint8Array> {
  const filter: Filter<object> = after ? { $and: [piece.filter, { _id: { $gt: after } }] } : piece.filter;
  const projection = Object.fromEntries([...reader.topLevel].map((name) => [name, 1]));
  const found = collection.find(filter, {
    raw: true,
    projection,
    signal,
    readConcern: 'majority',
    ...(batchSize && { batchSize }),
  });
  return (piece.byId ? found.sort({ _id: 1 }) : found) as unknown as AsyncIterable<Uint8Array>;
}
