import type { Client } from '@temporalio/client';
import type { Instant } from '../core/instant.ts';
import type { Project } from '../core/project.ts';
import type { SourceRef } from '../core/source.ts';
import type { Session } from '../engine/session.ts';
import type { ObjectStore } from '../lake/object-store.ts';
import type { SourceConnection } from '../sources/extraction.types.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import type { Definitions } from './definitions.ts';
import type { Lake } from './lake-tables.ts';

/** What activities stand on; made once per process by workers/compose.ts. */
export interface Platform {
  readonly env: string;
  readonly project: Project;
  readonly definitions: Definitions;
  readonly store: ObjectStore;
  readonly lake: Lake;
  /** Folder for the files of running attempts. */
  readonly temp: string;
  readonly client: Client;
  /** Most bronze days that one batch of convergence takes on. */
  readonly batchDays: number;
  /** Builds of one pipeline at once, over all workers. */
  readonly parallelBuilds: number;
  /** Threads of one training. */
  readonly trainingThreads: number;
  /** A DuckDB of its own with the configured limits; the caller closes it. */
  openSession(signal?: AbortSignal): Promise<Session>;
  /** @throws bad_settings naming the setting that is missing */
  source(source: SourceRef): SourceConnection;
  /** @throws bad_settings naming the setting that is missing */
  warehouse(name: string): Promise<Warehouse>;
  /** Address of a webhook; undefined: no setting says, and nobody is told. */
  webhook(name: string): string | undefined;
  /** The machine's clock, or the simulated one. */
  now(): Instant;
  /** Set where the clock is simulated: what extractions record as the time of their look. */
  readonly simulatedNow: Instant | undefined;
}
