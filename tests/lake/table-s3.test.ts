import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { newestCheckpoint } from '../../lake/checkpoints.ts';
import { loadLedgers } from '../../lake/load-ledgers.ts';
import { openStore } from '../../lake/open-store.ts';
import { openTable } from '../../lake/table.ts';
import { describeWith } from '../servers.ts';
import { COLUMNS, claimOf, entryOf, fileNamed } from './fixtures.ts';
import { plainState } from './plain-state.ts';
import { commitSomething, dice } from './random-ledger.ts';

const NAME = 'silver.payment';

await describeWith(['s3'], 'a table on S3', ({ s3 }) => {
  const open = () => openStore(`s3://${s3.bucket}/lake-test/${randomUUID()}`, { s3 });

  test('racing writers with the same claims commit each exactly once', async () => {
    const store = await open();
    const CLAIMS = 8;
    const writer = async (name: string) => {
      const table = openTable(store, 'dev', NAME, { checkpointEvery: 3 });
      const twins: boolean[] = [];
      for (let i = 0; i < CLAIMS; i++) {
        const partition = `p${i}`;
        const scope = `${NAME}/${partition}`;
        const claim = { ...claimOf(NAME, (await table.load()).ledger, [scope]), scopes: { [scope]: 1 } };
        const { twin } = await table.commit({
          claim,
          partitions: [partition],
          columns: COLUMNS,
          prepare: async () => ({
            adds: [fileNamed(partition, name)],
            removes: [],
            entry: entryOf(claim, { [partition]: { digest: name, rows: 1 } }),
          }),
        });
        twins.push(twin);
      }
      return twins;
    };
    const twins = await Promise.all(['a', 'b', 'c', 'd'].map(writer));
    for (let i = 0; i < CLAIMS; i++) expect(twins.filter((of) => !of[i])).toHaveLength(1);
    const state = await openTable(store, 'dev', NAME).load();
    expect(state.version).toBe(CLAIMS - 1);
    expect(state.files.size).toBe(CLAIMS);
    expect(await newestCheckpoint(store, 'dev/silver/payment')).toBeGreaterThan(0);
  });

  test('checkpoints hold what the log holds, and ledgers of many tables are read from them', async () => {
    const store = await open();
    const roll = dice(77);
    const table = openTable(store, 'dev', NAME, { checkpointEvery: 5 });
    for (let i = 0; i < 12; i++) await commitSomething(table, roll, `a${i}`);
    const cold = await openTable(store, 'dev', NAME).load();
    expect(plainState(cold)).toEqual(plainState(await table.load()));
    const readers = [NAME, 'silver.none'].map((name) => openTable(store, 'dev', name));
    const ledgers = await loadLedgers(readers);
    expect([...(ledgers.get(NAME)?.partitions ?? [])].sort()).toEqual([...cold.ledger.partitions].sort());
    expect(ledgers.get('silver.none')?.version).toBe(-1);
    const { files } = await table.snapshot();
    expect(files[0]?.uri).toMatch(/^s3:\/\//);
  });
});
