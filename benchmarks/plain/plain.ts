import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import project from '../../config/project.ts';
import { ownedBy } from '../../core/graph.ts';
import { loadExtension } from '../../engine/extensions.ts';
import { openSession } from '../../engine/session.ts';
import { figuresSince, processFigures } from '../figures.ts';
import { PIPELINE } from '../nightly/side.ts';
import { observe } from './plain.bronze.ts';
import { PlainLake } from './plain.lake.ts';
import { PLAIN_SERVER } from './plain.look.ts';
import { mergeSilver } from './plain.merge.ts';
import { replaceGold } from './plain.replace.ts';
import { updateWarehouse } from './plain.warehouse.ts';

/** What the script is told, as JSON in its only argument. */
export interface PlainInput {
  /** Holds `lake/` and the warehouse file. */
  readonly folder: string;
  readonly warehouse: string;
  readonly oltp: string;
  readonly app: string;
  readonly extensions: string;
  readonly memory: string;
  readonly threads: number;
  /** The time of the look. */
  readonly now: string;
  /** Midnight after the day that is loaded. */
  readonly until: string;
}

/**
 * A nightly as one would write it with DuckDB and nothing else: one process, one table after the other, the same tables,
 * SQL, checks and audits as the project's. What it has no answer to: a kill in the middle, two of it at once, a rate that is
 * corrected for a day that is not read, a reader while it writes, a log of what it did.
 */
async function main(input: PlainInput): Promise<void> {
  const before = processFigures(process.pid);
  const began = performance.now();
  const steps: { step: string; begin: number; seconds: number }[] = [];
  const timed = async <T>(step: string, work: () => Promise<T>): Promise<T> => {
    const begin = (performance.now() - began) / 1000;
    const result = await work();
    steps.push({ step, begin, seconds: (performance.now() - began) / 1000 - begin });
    return result;
  };
  const { memory: memoryLimit, threads, folder, extensions: extensionsDirectory } = input;
  await using session = await openSession({ memoryLimit, threads, tempDirectory: folder, extensionsDirectory });
  await loadExtension(session, 'postgres_scanner');
  await session.run(`ATTACH '${input.oltp}' AS ${PLAIN_SERVER} (TYPE postgres, READ_ONLY)`);
  const lake = new PlainLake(`${folder}/lake`);
  const { sources, derived } = ownedBy(project, PIPELINE);
  for (const dataset of [...sources, ...derived]) {
    await timed(dataset.name, async () => {
      if (dataset.kind === 'source') return observe(session, lake, dataset, input);
      const sql = readFileSync(
        fileURLToPath(new URL(`../../${project.sqlFolder}/${dataset.sql}`, import.meta.url)),
        'utf8',
      );
      return dataset.write.kind === 'merge'
        ? mergeSilver(session, lake, dataset, sql)
        : replaceGold(session, lake, dataset, sql);
    });
  }
  await timed('warehouse', () => updateWarehouse(session, lake, derived, input.warehouse));
  lake.deleteReplaced();
  const seconds = (performance.now() - began) / 1000;
  console.log(JSON.stringify({ seconds, ...figuresSince(before, process.pid), steps }));
}

await main(JSON.parse(process.argv[2] ?? '{}') as PlainInput);
