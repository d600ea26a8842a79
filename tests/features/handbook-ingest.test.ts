import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { loadHandbook } from '../../benchmarks/handbook/load.ts';
import handbook from '../../benchmarks/handbook/project.ts';
import { Installation, prepare } from '../e2e/installation.ts';
import { fullRun } from '../full-run.ts';
import { tempFolder } from '../lake/fixtures.ts';
import { MINUTES } from '../patience.ts';
import { freshName, freshPostgres } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { DAY, oracle, type Tx, transactions } from './handbook.oracle.ts';

const HEAD =
  'transaction_id,tx_datetime,customer_id,terminal_id,tx_amount,tx_time_seconds,tx_time_days,tx_fraud,tx_fraud_scenario';

function line(t: Tx): string {
  const moment = new Date(Date.UTC(2018, 3, 1) + t.seconds * 1000).toISOString();
  const cells = [t.id, moment, t.customer, t.terminal, (t.cents / 100).toFixed(2), t.seconds];
  return [...cells, Math.floor(t.seconds / DAY), t.fraud ? 1 : 0, t.fraud ? 2 : 0].join(',');
}

const title = 'the handbook through PostgreSQL, ingest and builds';
if (!fullRun) {
  describe.skip(`${title} (skipped: only in the full run)`, () => it('gives its features', () => {}));
} else {
  await describeWith(['temporal', 'postgres'], title, ({ temporal, postgresUrl }) => {
    it('gives its features by the definition, built by two runs', { timeout: 10 * MINUTES }, async () => {
      const url = await freshPostgres(postgresUrl);
      const served = {
        project: handbook,
        sqlRoot: fileURLToPath(new URL('../../benchmarks/handbook', import.meta.url)),
      };
      const installation = new Installation(
        await prepare({ served, temporal, variables: { STRATA_SOURCE_HANDBOOK: url } }),
      );
      try {
        await installation.startWorker();
        const all = transactions();
        const csv = join(await tempFolder(), 'tx.csv');
        await writeFile(csv, `${[HEAD, ...all.map(line)].join('\n')}\n`);
        expect(await loadHandbook(url, csv)).toBe(all.length);
        for (const range of [
          { from: '2018-04-01', to: '2018-05-15' },
          { from: '2018-05-16', to: '2018-06-17' },
        ]) {
          await installation.execute('handbook_features', freshName('run'), range);
        }
        const rows = await (await installation.lake()).rows('feature.handbook');
        expect(rows.length).toBe(all.length);
        for (const row of rows) {
          const expected = oracle(all[Number(row.transaction_id)]!, all);
          for (const [feature, value] of Object.entries(expected)) {
            expect(Number(row[feature]), `${row.transaction_id} ${feature}`).toBeCloseTo(value, 9);
          }
        }
      } finally {
        await installation.close();
      }
    });
  });
}
