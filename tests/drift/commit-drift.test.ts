import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { commitDrift, DRIFT_TABLE } from '../../activities/commit-drift.ts';
import { Lake } from '../../activities/lake-tables.ts';
import { detectDrift } from '../../drift/detect-drift.ts';
import { FileStore } from '../../lake/file-store.ts';
import { tempFolder } from '../lake/fixtures.ts';
import { sampleOf, useSession } from './samples.fixture.ts';

describe('the rows of a check in the lake', () => {
  const held = useSession();

  it('are there once, however often the attempt is made, and plain Parquet readers find them', async () => {
    const { session } = held;
    const folder = await tempFolder();
    const lake = new Lake(new FileStore(join(folder, 'lake')), 'dev');
    const types = { amount: 'DOUBLE', currency: 'VARCHAR' };
    const rows = (currency: string) => Array.from({ length: 200 }, (_, i) => [i, currency] as const);
    const reference = await sampleOf(session, types, rows('EUR'));
    const current = await sampleOf(session, types, rows('USD'));
    const columns = [{ name: 'amount' }, { name: 'currency' }];
    const result = await detectDrift(session, { reference, current, columns });
    const check = {
      checkId: 'retrain/fraud/1',
      checkDate: '2026-11-20',
      subject: 'feature.payment_fraud',
      inputs: { 'feature.payment_fraud': 4 },
    };
    const commit = async (id: string, of = check) => {
      const directory = join(folder, id);
      await mkdir(directory);
      return commitDrift({ lake }, { session, attempt: { id, directory } }, of, result);
    };
    expect(await commit('first')).toBe(0);
    expect(await commit('again')).toBe(0);
    expect(await commit('next day', { ...check, checkId: 'retrain/fraud/2', checkDate: '2026-11-21' })).toBe(1);

    const { files } = await lake.snapshotAt(DRIFT_TABLE, 1);
    const uris = files.map(({ uri }) => `'${uri.replace('file://', '')}'`).join(', ');
    const found = await session.rows(
      `SELECT check_date, column_name, verdict, effect, default_test, state, new_categories, reference_rows
       FROM read_parquet([${uris}], hive_partitioning = false) ORDER BY ALL`,
    );
    const expected = ['2026-11-20', '2026-11-21'].flatMap((check_date) => [
      {
        ...{ check_date, column_name: 'amount', verdict: 'undecided', effect: 0, default_test: 'ks', state: 'ok' },
        ...{ new_categories: null, reference_rows: 200n },
      },
      {
        ...{ check_date, column_name: 'currency', verdict: 'drift', effect: 1, default_test: 'z', state: 'ok' },
        ...{ new_categories: 1n, reference_rows: 200n },
      },
    ]);
    expect(found).toEqual(expected);
    const { ledger } = await lake.table(DRIFT_TABLE).load();
    expect(ledger.partitions.get('2026-11-20 retrain/fraud/1')!.inputs).toEqual({ 'feature.payment_fraud': 4 });
  });
});
