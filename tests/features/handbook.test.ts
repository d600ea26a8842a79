import { readFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import handbook, { handbookFeatures, tx } from '../../benchmarks/handbook/project.ts';
import { checkProject } from '../../engine/check-project.ts';
import { openSession } from '../../engine/session.ts';
import { render } from '../../engine/sql-text.ts';
import { compileRowChecks } from '../../quality/row-checks.ts';
import { DAY, oracle, transactions } from './handbook.oracle.ts';

const FOLDER = new URL('../../benchmarks/handbook/', import.meta.url);

test('the project passes strata check', async () => {
  const options = { sqlRoot: fileURLToPath(FOLDER), rowChecks: compileRowChecks };
  expect(await checkProject(handbook, options)).toMatchObject({ problems: [] });
});

test('its features are those of the definition, also within one second and at the edges of windows', async () => {
  await using session = await openSession({ memoryLimit: '512MB', threads: 1 });
  const all = transactions();
  const columns = tx.columns.map((c) => `${c.name} ${c.sqlType}`);
  await session.run(`CREATE TABLE past (${columns.join(', ')})`);
  const values = all.map((t) => {
    const at = `'2018-04-01 00:00:00Z'::TIMESTAMPTZ + INTERVAL ${t.seconds} SECOND`;
    const day = Math.floor(t.seconds / DAY);
    return `(${t.id}, ${at}, ${t.customer}, ${t.terminal}, ${t.cents / 100}, ${t.seconds}, ${day}, ${t.fraud}, 0, DATE '2018-04-01' + ${day})`;
  });
  await session.run(`INSERT INTO past VALUES ${values.join(', ')}`);
  const sql = await readFile(new URL(handbookFeatures.sql, FOLDER), 'utf8');
  const rows = await session.rows<Record<string, number>>(
    `SELECT * FROM (${render(sql, { tx: 'past', past: 'past' })}) ORDER BY transaction_id`,
  );
  expect(rows.length).toBe(all.length);
  for (const [i, row] of rows.entries()) {
    for (const [feature, expected] of Object.entries(oracle(all[i]!, all))) {
      expect(row[feature], `${i} ${feature}`).toBeCloseTo(expected, 9);
    }
  }
});
