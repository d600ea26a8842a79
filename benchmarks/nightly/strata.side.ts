import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Client, Connection } from '@temporalio/client';
import { queueName } from '../../core/queue-names.ts';
import { workflowIds } from '../../core/workflow-ids.ts';
import { dayNumber, nightAfter } from '../../demo/demo.days.ts';
import { figuresSince, processFigures } from '../figures.ts';
import { startWorker, stopWorker } from '../worker-process.ts';
import { activityTimes } from './activity-times.ts';
import type { BenchCompany } from './bench-company.ts';
import { type Limits, type Night, PIPELINE, type Side, WAREHOUSE } from './side.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));
const ENV = 'dev';

/** A worker process as a user starts it, and the pipeline started in Temporal. Timed from the start to the result. */
export function strataSide({ company, temporal, extensions }: BenchCompany, { memory, worker: tried }: Limits): Side {
  const variables = (folder: string, day: number): Record<string, string> => ({
    STRATA_ENV: ENV,
    STRATA_PROJECT: join(ROOT, 'config/project.ts'),
    STRATA_LAKE: `file://${folder}/lake`,
    STRATA_WAREHOUSE_ANALYTICS: `duckdb://${join(folder, WAREHOUSE)}`,
    STRATA_TEMP: join(folder, 'temp'),
    STRATA_TEMPORAL_ADDRESS: temporal,
    STRATA_SOURCE_OLTP: company.sources.oltp,
    STRATA_SOURCE_APP: company.sources.app,
    STRATA_DUCKDB_EXTENSIONS: extensions,
    STRATA_NOW: nightAfter(day),
    ...(memory !== undefined && { STRATA_DUCKDB_MEMORY: memory }),
    ...Object.fromEntries(tried.map((setting) => setting.split('='))),
  });
  return {
    name: 'strata',
    async load(folder, day) {
      for (const name of ['temp', 'warehouse']) mkdirSync(join(folder, name), { recursive: true });
      const worker = await startWorker(folder, variables(folder, day));
      const connection = await Connection.connect({ address: temporal });
      try {
        const before = processFigures(worker.pid!);
        const night = await run(new Client({ connection }), day);
        return { ...night, ...figuresSince(before, worker.pid!) };
      } finally {
        await connection.close();
        await stopWorker(worker);
      }
    },
  };
}

async function run(client: Client, day: number): Promise<Pick<Night, 'seconds' | 'steps'>> {
  const from = dayNumber(day);
  const interval = { start: `${from}T00:00:00.000000Z`, end: `${dayNumber(day + 1)}T00:00:00.000000Z` };
  const workflowId = workflowIds.run(ENV, PIPELINE, interval as never);
  const began = Date.now();
  const handle = await client.workflow.start(PIPELINE, {
    workflowId,
    taskQueue: queueName(ENV, 'control'),
    args: [{ from }],
  });
  await handle.result();
  const seconds = (Date.now() - began) / 1000;
  // It waits a moment for others who may ask; the next worker serves another lake and must not find it.
  await client.workflow.getHandle(workflowIds.converge(ENV, PIPELINE)).result();
  return { seconds, steps: await activityTimes(client, began) };
}
