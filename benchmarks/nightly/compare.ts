import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import project from '../../config/project.ts';
import type { Dataset } from '../../core/dataset.ts';
import { ownedBy } from '../../core/graph.ts';
import { openSession, type Session } from '../../engine/session.ts';
import { ident, literal, readParquet } from '../../engine/sql-text.ts';
import { FileStore } from '../../lake/file-store.ts';
import { openTable } from '../../lake/table.ts';
import { PIPELINE, WAREHOUSE } from './side.ts';

/** Both sides must have done the same work: every table holds the same rows in lake and warehouse. @throws where not */
export async function compareSides(folder: string): Promise<void> {
  await using session = await openSession({ memoryLimit: '4GB', threads: 2 });
  for (const side of ['strata', 'plain']) {
    await session.run(`ATTACH ${literal(join(folder, side, WAREHOUSE))} AS ${side} (READ_ONLY)`);
  }
  const differences: string[] = [];
  const { sources, derived } = ownedBy(project, PIPELINE);
  for (const dataset of [...sources, ...derived]) {
    const table = dataset.name.split('.')[1]!;
    const stored = [await strataFiles(folder, dataset), plainFiles(folder, dataset)];
    await compare(
      session,
      dataset.name,
      dataset,
      stored.map((files) => readParquet(files, dataset.columns)),
      differences,
    );
    if (!dataset.name.startsWith('gold.')) continue;
    await compare(session, `warehouse ${table}`, dataset, [`strata.dev.${table}`, `plain.dev.${table}`], differences);
  }
  if (differences.length > 0) throw new Error(`The sides did not do the same work:\n${differences.join('\n')}`);
  console.log('Both sides hold the same rows in every table of lake and warehouse.');
}

async function compare(
  session: Session,
  what: string,
  { columns }: Dataset,
  [a, b]: readonly string[],
  differences: string[],
): Promise<void> {
  // Sums of hashes: exact enough for a check, and a hundredth of the memory of comparing row by row.
  const digest = (of: string) =>
    `SELECT count(*) AS rows, sum(hash(${columns.map((c) => ident(c.name)).join(', ')})::HUGEINT)::VARCHAR AS sum FROM ${of}`;
  const [[left], [right]] = [await session.rows(digest(a!)), await session.rows(digest(b!))];
  if (left?.rows === right?.rows && left?.sum === right?.sum) return;
  differences.push(`${what}: ${left?.rows} rows of Strata, ${right?.rows} of the script, or other values`);
}

async function strataFiles(folder: string, dataset: Dataset): Promise<string[]> {
  const table = openTable(new FileStore(join(folder, 'strata/lake')), 'dev', dataset.name);
  return [...(await table.load()).files.values()].map(({ path }) => table.uriOf(path));
}

function plainFiles(folder: string, { name }: Dataset): string[] {
  const root = join(folder, 'plain/lake', name.replace('.', '/'));
  // A table that never had a row.
  if (!existsSync(root)) return [];
  return readdirSync(root, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.parquet'))
    .map((file) => join(root, file));
}
