import { FileStore } from '../../lake/file-store.ts';
import { openTable } from '../../lake/table.ts';
import { COLUMNS, claimOf, entryOf, fileNamed } from './fixtures.files.ts';

/**
 * A process that commits to `silver.counter`; prints `ready`, then a line per commit.
 * `claims <n>`: takes n claims, the same ones as every other process with these arguments, in an order of its own.
 * `forever`: commits one partition after the other until it is killed.
 */
const [folder = '', name = '', mode = '', count = '0'] = process.argv.slice(2);
const NAME = 'silver.counter';
const FILES = 3;
const table = openTable(new FileStore(folder), 'dev', NAME, { tries: 500, checkpointEvery: 7 });

async function commit(partition: string, run: string): Promise<void> {
  const before = await table.load();
  const scope = `${NAME}/${partition}`;
  const claim =
    run === ''
      ? { ...claimOf(NAME, before.ledger, [scope]), scopes: { [scope]: 1 } }
      : claimOf(NAME, before.ledger, [scope], run);
  const { version, twin } = await table.commit({
    claim,
    partitions: [partition],
    columns: COLUMNS,
    prepare: async (state) => ({
      adds: Array.from({ length: FILES }, (_, n) => fileNamed(partition, `${name}-${run}-${state.version}`, n)),
      removes: [...state.files.values()].filter((f) => f.partition === partition).map((f) => f.path),
      entry: entryOf(claim, { [partition]: { digest: `${name} ${run}`, rows: FILES } }),
    }),
  });
  process.stdout.write(`${JSON.stringify({ partition, version, twin, run })}\n`);
}

process.stdout.write('ready\n');
if (mode === 'claims') {
  const partitions = Array.from({ length: Number(count) }, (_, i) => `p${i}`).sort(() => Math.random() - 0.5);
  for (const partition of partitions) await commit(partition, '');
} else {
  for (let i = 0; ; i++) await commit(`p${i % 5}`, `${name}-${i}`);
}
