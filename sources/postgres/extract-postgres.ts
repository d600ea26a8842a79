import { randomUUID } from 'node:crypto';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import type { Staged } from '../../core/ports.ts';
import { loadExtension } from '../../engine/extensions.ts';
import type { Session } from '../../engine/session.ts';
import { coverageOf, deletionTime } from '../coverage.ts';
import type { ExtractOptions, ExtractRequest, SourceConnection } from '../extraction.types.ts';
import { keyPart } from '../key-part.ts';
import { Progress } from '../progress.ts';
import { stampsOf } from '../stamps.ts';
import { drain } from '../work-queue.ts';
import { cursorOf, rangeCondition } from './bounds.ts';
import { stopBackends } from './cancel.ts';
import { describeRelation } from './catalog.ts';
import type { Chunk } from './chunk.ts';
import type { ReadPlan } from './chunk-reader.ts';
import { planChunks } from './chunks.ts';
import { openCopyReader } from './copy.reader.ts';
import { projectionsOf } from './projection.ts';
import { attachServer, openScannerReader } from './scanner.reader.ts';
import { APPLICATION, openSnapshot, type PgSnapshot, underSnapshot } from './snapshot.ts';
import { tableTime } from './table-time.ts';
import { undeclaredColumns } from './undeclared.ts';

/** One attempt under one snapshot: all of it, or an error and no files. */
export async function extractUnderOneSnapshot(
  dataset: SourceDataset,
  request: ExtractRequest,
  connection: SourceConnection,
  options: ExtractOptions & { readonly signal: AbortSignal },
): Promise<Staged> {
  const application = `${APPLICATION} ${randomUUID()}`;
  const directory = join(options.directory, `snapshot-${application.slice(-8)}`);
  const stop = () => void stopBackends(connection, application).catch(() => {});
  options.signal.addEventListener('abort', stop, { once: true });
  let snapshot: PgSnapshot | undefined;
  let session: Session | undefined;
  try {
    await mkdir(directory, { recursive: true });
    snapshot = await openSnapshot(connection, dataset, application);
    session = await options.openSession(options.signal);
    return await extractAll(dataset, request, connection, options, { snapshot, session, application, directory });
  } catch (error) {
    await rm(directory, { recursive: true, force: true });
    throw error;
  } finally {
    options.signal.removeEventListener('abort', stop);
    await session?.close();
    await snapshot?.client.end().catch(() => {});
  }
}

interface Setting {
  readonly snapshot: PgSnapshot;
  readonly session: Session;
  readonly application: string;
  readonly directory: string;
}

async function extractAll(
  dataset: SourceDataset,
  request: ExtractRequest,
  connection: SourceConnection,
  options: ExtractOptions & { readonly signal: AbortSignal },
  { snapshot, session, application, directory }: Setting,
): Promise<Staged> {
  const { client } = snapshot;
  const parallel = options.parallel ?? 2;
  const relation = await describeRelation(client, dataset);
  const cursor = cursorOf(dataset, relation);
  const time = cursor ? await tableTime(client, dataset, relation, cursor) : { least: null, greatest: null };
  const observedAt = options.now ?? snapshot.at;
  const pieceOf = async (part: SourceDataset, range: string, folder: string): Promise<Piece> => {
    const projections = projectionsOf(part, relation);
    const sources = [...new Set(part.columns.map(({ name }) => relation.columns.get(part.sourceColumns[name]!)!))];
    const { chunks, rowBytes } = await planChunks(client, relation, cursor, range, sources, parallel);
    const stamps = stampsOf(snapshot.position, observedAt);
    return { plan: { projections, rowBytes, guard: underSnapshot(snapshot), stamps }, chunks, folder };
  };
  const rows = await pieceOf(dataset, rangeCondition(cursor, request), directory);
  const keys = request.keys ? await pieceOf(keyPart(dataset), 'true', join(directory, 'keys')) : undefined;
  const scanner = options.reader !== 'copy' && (await scannerReady(session, options));
  if (scanner) await attachServer(session, connection, application);
  const stage = async ({ plan, chunks, folder }: Piece) => {
    await mkdir(folder, { recursive: true });
    using progress = new Progress(chunks.length, options.heartbeat);
    await drain(chunks, parallel, options.signal, async (take) => {
      const reader = scanner
        ? await openScannerReader(session, plan, snapshot)
        : await openCopyReader(session, plan, snapshot, connection, application);
      try {
        for (let next = take(); next; next = take()) {
          progress.add(await reader.read(next.item, join(folder, `${next.index}.parquet`)));
        }
      } finally {
        await reader.close();
      }
    });
    return progress.staged;
  };
  const staged = await stage(rows);
  const look = { at: snapshot.at, observedAt, position: snapshot.position, oldestOpen: snapshot.oldestOpen, ...time };
  return {
    ...staged,
    undeclared: undeclaredColumns(dataset, relation),
    coverage: coverageOf(dataset.extraction, request, look),
    ...(keys && {
      keys: { uris: (await stage(keys)).uris, at: deletionTime(dataset.extraction, request, look) },
    }),
  };
}

/** Some columns of some rows, in a folder of their own. */
interface Piece {
  readonly plan: ReadPlan;
  readonly chunks: readonly Chunk[];
  readonly folder: string;
}

/** @throws bad_settings when the scanner was asked for by name and is not there */
async function scannerReady(session: Session, options: ExtractOptions): Promise<boolean> {
  const state = await loadExtension(session, 'postgres_scanner');
  if (state.loaded || options.reader !== 'scanner') return state.loaded;
  throw new StrataError('bad_settings', `DuckDB's postgres_scanner was asked for, but ${state.reason}`, {
    hint: 'Leave reader out: COPY is used where the scanner is not there.',
  });
}
