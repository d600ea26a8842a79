import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import type { Staged } from '../../core/ports.ts';
import type { ExtractOptions, ExtractRequest, SourceConnection } from '../extraction.types.ts';
import { extractUnderOneSnapshot } from './extract-postgres.ts';
import { postgresFault } from './fault.ts';

const ATTEMPTS = 3;
const PAUSE_MILLIS = 500;

/**
 * Reads a PostgreSQL table, all of it under one snapshot. When a connection dies on the way what was read is thrown away
 * and everything is read again under a new snapshot; two snapshots are never mixed.
 */
export async function extractPostgres(
  dataset: SourceDataset,
  request: ExtractRequest,
  connection: SourceConnection,
  options: ExtractOptions,
): Promise<Staged> {
  const signal = options.signal ?? new AbortController().signal;
  let connected = false;
  for (let attempt = 1; ; attempt++) {
    if (signal.aborted) throw cancelled(signal);
    try {
      const onHeartbeat: ExtractOptions['heartbeat'] = (progress) => {
        connected = true;
        options.heartbeat?.(progress);
      };
      return await extractUnderOneSnapshot(dataset, request, connection, {
        ...options,
        signal,
        heartbeat: onHeartbeat,
      });
    } catch (error) {
      if (signal.aborted) throw cancelled(signal);
      const fault = postgresFault(error, connection, dataset.relation);
      // A server that was never reached is the caller's to wait for; a snapshot lost on the way is ours to replace.
      const lost = connected && (fault.code === 'unreachable' || fault.code === 'conflict');
      if (!lost || attempt >= (options.attempts ?? ATTEMPTS)) throw fault;
      await new Promise((resolve) => setTimeout(resolve, PAUSE_MILLIS * attempt));
    }
  }
}

const cancelled = (signal: AbortSignal) =>
  new StrataError('cancelled', 'The extraction was cancelled', { cause: signal.reason });
