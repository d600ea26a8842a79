import { mkdirSync } from 'node:fs';
import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { queueName } from '../../core/queue-names.ts';
import { openSession } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import { resolveDuckdbExtensions } from '../../services/duckdb.extensions.ts';
import { printReport } from '../../services/service.report.ts';
import { readServicesEnvironment } from '../../services/services.environment.ts';
import { startServices } from '../../services/start.services.ts';
import { LakeReader } from '../../tests/e2e/lake-reader.ts';
import { printTable } from '../figures.ts';
import { startWorker, stopWorker } from '../worker-process.ts';
import { loadHandbook } from './load.ts';

const ENV = 'dev';
const PIPELINE = 'handbook_features';
const DAYS = { from: '2018-04-01', to: '2018-09-30' } as const;
/** Of the handbook's data, by the simulator's definition. */
const EXPECTED = { rows: 1_754_155, frauds: 14_681, sum: '94079370.08' } as const;

/**
 * The way that a user's data takes: into PostgreSQL, and from there by a worker and a run of the project's pipeline through
 * bronze and silver to `feature.handbook`, whose rows are checked and written to one file. Prints what each step took.
 */
export async function ingestHandbook(csv: string, folder: string, target: string): Promise<void> {
  const { cacheDir } = readServicesEnvironment();
  const own = join(folder, 'ingest');
  await rm(own, { recursive: true, force: true });
  mkdirSync(join(own, 'temp'), { recursive: true });
  const report = printReport((line) => console.log(line));
  const ports = { temporal: 0, temporalUi: 0, postgres: 0 };
  const services = await startServices({ want: ['temporal', 'postgres'], dataDir: own, cacheDir, ports, report });
  try {
    const { postgresUrl, temporal } = services.addresses;
    const { folder: extensions } = await resolveDuckdbExtensions({ names: ['postgres_scanner'], cacheDir, report });
    const [loaded, load] = await timed(() => loadHandbook(postgresUrl, csv));
    const worker = await startWorker(own, {
      STRATA_ENV: ENV,
      STRATA_PROJECT: fileURLToPath(new URL('./project.ts', import.meta.url)),
      STRATA_LAKE: `file://${own}/lake`,
      STRATA_TEMP: join(own, 'temp'),
      STRATA_TEMPORAL_ADDRESS: temporal,
      STRATA_SOURCE_HANDBOOK: postgresUrl,
      STRATA_DUCKDB_EXTENSIONS: extensions,
      STRATA_DUCKDB_MEMORY: '2GB',
      // All days at once: each batch would build the days anew whose windows reach into it.
      STRATA_BATCH_PARTITIONS: '200',
    });
    try {
      const [, run] = await timed(() => runPipeline(temporal));
      const found = await writeFeatures(join(own, 'lake', ENV), target);
      printTable(
        ['', 'seconds'],
        [
          [`${loaded} rows into PostgreSQL`, load],
          [`${DAYS.from} to ${DAYS.to} through bronze and silver to ${found.rows} feature rows`, run],
        ],
      );
    } finally {
      await stopWorker(worker);
    }
  } finally {
    await services.stop();
  }
}

async function runPipeline(temporal: string): Promise<void> {
  const connection = await Connection.connect({ address: temporal });
  try {
    const { workflow } = new Client({ connection });
    const options = { workflowId: 'handbook', taskQueue: queueName(ENV, 'control'), args: [DAYS] };
    await (await workflow.start(PIPELINE, options)).result();
  } finally {
    await connection.close();
  }
}

/** @throws unless the features are those of exactly the handbook's transactions */
async function writeFeatures(lake: string, target: string): Promise<{ rows: number }> {
  const reader = new LakeReader(lake);
  const files = (await reader.files('feature.handbook')).map(({ path }) =>
    literal(join(reader.folderOf('feature.handbook'), path)),
  );
  await using session = await openSession({ memoryLimit: '2GB', threads: 2, tempDirectory: lake });
  const source = `read_parquet([${files.join(', ')}])`;
  const [found] = await session.rows<{ rows: number; frauds: number; sum: string }>(`
    SELECT count(*)::INTEGER AS rows, count(*) FILTER (tx_fraud)::INTEGER AS frauds,
      sum(amount::DECIMAL(18, 2))::VARCHAR AS sum FROM ${source}`);
  if (JSON.stringify(found) !== JSON.stringify(EXPECTED)) {
    throw new Error(`the features are of ${JSON.stringify(found)}, not of ${JSON.stringify(EXPECTED)}`);
  }
  await session.run(`COPY (SELECT * EXCLUDE (_partition) FROM ${source}) TO ${literal(target)} (FORMAT parquet)`);
  return { rows: found!.rows };
}

async function timed<T>(work: () => Promise<T>): Promise<[T, number]> {
  const began = performance.now();
  const result = await work();
  return [result, (performance.now() - began) / 1000];
}
