import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { Collection, Db, MongoClient } from 'mongodb';
import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { instantFromMillis, shift } from '../../core/instant.ts';
import type { Staged } from '../../core/ports.ts';
import type { Session } from '../../engine/session.ts';
import { coverageOf, deletionTime, type Look } from '../coverage.ts';
import type { ExtractOptions, ExtractRequest, SourceConnection } from '../extraction.types.ts';
import { keyPart } from '../key-part.ts';
import { Progress } from '../progress.ts';
import { stampsOf } from '../stamps.ts';
import { drain } from '../work-queue.ts';
import { batchSizeFor } from './batch-size.ts';
import { type ServerMoment, serverMoment } from './cluster-time.ts';
import { requireCollection } from './collection.ts';
import { connectMongo, TRANSACTION_LIFETIME_MILLIS } from './connection.ts';
import { DocumentReader } from './document-reader.ts';
import { mongoFault } from './fault.ts';
import { readPiece } from './piece-reader.ts';
import { cursorPieces, firstCursor, idPieces, laterPiece, type Piece } from './pieces.ts';
import { undeclaredFields } from './undeclared.ts';

const CATCH_UP_ROUNDS = 3;

/**
 * Reads a MongoDB collection. There is no snapshot: each document is read whole, as it is when its turn comes. By cursor,
 * rounds follow one another: first everything up to the greatest cursor there was at the start, then what came or moved
 * behind it meanwhile, under a later position; so a document that moves while we read is seen, and its last version wins.
 */
export async function extractMongodb(
  dataset: SourceDataset,
  request: ExtractRequest,
  connection: SourceConnection,
  options: ExtractOptions,
): Promise<Staged> {
  const signal = options.signal ?? new AbortController().signal;
  let client: MongoClient | undefined;
  let session: Session | undefined;
  const directory = join(options.directory, 'documents');
  try {
    signal.throwIfAborted();
    client = await connectMongo(connection);
    await mkdir(directory, { recursive: true });
    session = await options.openSession(signal);
    return await readAll(dataset, request, connection, { ...options, signal }, { db: client.db(), session, directory });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    if (signal.aborted) throw new StrataError('cancelled', 'The extraction was cancelled', { cause: signal.reason });
    throw mongoFault(error, connection, dataset.relation);
  } finally {
    await session?.close();
    await client?.close().catch(() => {});
  }
}

interface Setting {
  readonly db: Db;
  readonly session: Session;
  readonly directory: string;
}

async function readAll(
  dataset: SourceDataset,
  request: ExtractRequest,
  connection: SourceConnection,
  options: ExtractOptions & { readonly signal: AbortSignal },
  { db, session, directory }: Setting,
): Promise<Staged> {
  await requireCollection(db, dataset);
  const collection = db.collection(dataset.relation);
  const parallel = options.parallel ?? 2;
  const batchSize = await batchSizeFor(db, dataset.relation);
  const start = await serverMoment(db);
  const observedAt = options.now ?? start.at;
  using progress = new Progress(0, options.heartbeat);
  using keyProgress = new Progress(0, options.heartbeat);
  let files = 0;
  const readInto = async (
    progress: Progress,
    dataset: SourceDataset,
    reader: DocumentReader,
    pieces: readonly Piece[],
    moment: ServerMoment,
  ) => {
    progress.expect(pieces.length);
    const stamps = stampsOf(String(moment.position), observedAt);
    await drain(pieces, parallel, options.signal, async (take) => {
      await using own = await session.fork();
      for (let next = take(); next; next = take()) {
        const { item } = next;
        const path = () => join(directory, `${files++}.parquet`);
        progress.add(
          ...(await readPiece({
            collection,
            piece: item,
            reader,
            dataset,
            session: own,
            stamps,
            batchSize,
            path,
            connection,
            signal: options.signal,
          })),
        );
      }
    });
  };
  // Keys first: a document that comes or moves behind their back is found by the rounds that follow.
  if (request.keys) {
    const part = keyPart(dataset);
    const keys = new DocumentReader(part, { lower: null, upper: null });
    await readInto(keyProgress, part, keys, await idPieces(collection, parallel), start);
  }
  const reader = new DocumentReader(dataset, request);
  const round = (pieces: readonly Piece[], moment: ServerMoment) => readInto(progress, dataset, reader, pieces, moment);
  const time = await readRounds(dataset, request, collection, db, parallel, start, round);
  const look: Look = { observedAt, at: start.at, position: String(start.position), ...time };
  return {
    ...progress.staged,
    undeclared: await undeclaredFields(collection, dataset),
    coverage: coverageOf(dataset.extraction, request, look),
    ...(request.keys && {
      keys: { uris: keyProgress.staged.uris, at: deletionTime(dataset.extraction, request, look) },
    }),
  };
}

/** What coverage may build on was all asked before the first document was read. */
async function readRounds(
  dataset: SourceDataset,
  request: ExtractRequest,
  collection: Collection,
  db: Db,
  parallel: number,
  start: ServerMoment,
  round: (pieces: readonly Piece[], moment: ServerMoment) => Promise<void>,
): Promise<Pick<Look, 'oldestOpen' | 'least' | 'greatest'>> {
  const { extraction } = dataset;
  if (extraction.kind === 'snapshot') {
    await round(await idPieces(collection, parallel), start);
    return { oldestOpen: null, least: null, greatest: null };
  }
  const field = dataset.sourceColumns[extraction.column]!;
  // Where reading begins is known but for a bootstrap.
  const least = request.lower === null ? await firstCursor(collection, field, {}, 1) : null;
  const greatest = await firstCursor(collection, field, {}, -1);
  await round(await cursorPieces(collection, field, request, greatest, parallel), start);
  if (request.upper === null) await catchUp(collection, field, request, greatest, db, start, round);
  return {
    // A transaction that began earlier than this has committed or was ended by the server.
    oldestOpen: shift(start.at, -TRANSACTION_LIFETIME_MILLIS),
    least: least && instantFromMillis(least.getTime()),
    greatest: greatest && instantFromMillis(greatest.getTime()),
  };
}

async function catchUp(
  collection: Collection,
  field: string,
  request: ExtractRequest,
  greatest: Date | null,
  db: Db,
  start: ServerMoment,
  round: (pieces: readonly Piece[], moment: ServerMoment) => Promise<void>,
): Promise<void> {
  const floor = request.lower === null ? null : new Date(Date.parse(`${request.lower.slice(0, 23)}Z`) - 1);
  let seen = greatest && floor && greatest < floor ? floor : (greatest ?? floor);
  let position = start.position;
  for (let i = 0; i < CATCH_UP_ROUNDS; i++) {
    const moment = await serverMoment(db);
    const newest = await firstCursor(collection, field, seen ? { $gt: seen } : {}, -1);
    if (!newest) return;
    position = moment.position > position ? moment.position : position + 1n;
    await round([laterPiece(field, seen, newest)], { ...moment, position });
    seen = newest;
  }
}
