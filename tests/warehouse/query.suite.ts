import { describe, expect, it } from 'vitest';
import type { Warehouse } from '../../warehouse/warehouse.ts';
import { factAt } from './company.fixture.ts';
import { expectConsistent } from './subject.ts';

/** @param publish the first cut of `sales` into the warehouse */
export function queryContract(warehouse: () => Warehouse, publish: () => Promise<unknown>): void {
  describe('a query', () => {
    it('is run as it is written: comments stay, and what looks like one in a text is text', async () => {
      await publish();
      for (const [sql, row] of [
        [`SELECT 'a--b' AS x, '/* c' AS y, 'd */' AS z`, ['a--b', '/* c', 'd */']],
        [`-- Why\n/* and 'how' */ SELECT 'it''s' AS x -- so`, ["it's"]],
        [`SELECT 'a;b' AS x;`, ['a;b']],
        [`(SELECT '--' AS x)`, ['--']],
      ] as const) {
        expect((await warehouse().query(sql)).rows, sql).toEqual([row]);
      }
    });

    it('keeps its order, however few rows are wanted', async () => {
      await publish();
      const ids = factAt('sales', 1).map(([, id]) => id);
      const sql = 'SELECT id FROM fact_sales ORDER BY id DESC';
      const first = await warehouse().query(sql, { maxRows: 3 });
      expect(first).toMatchObject({
        rows: ids
          .sort((a, b) => b - a)
          .slice(0, 3)
          .map((id) => [id]),
        truncated: true,
      });
      expect((await warehouse().query(`${sql} LIMIT 2`, { maxRows: 2 })).truncated).toBe(false);
    });

    it('gives values that lose nothing', async () => {
      await publish();
      const { columns, rows } = await warehouse().query(
        `SELECT CAST(0.10 AS DECIMAL(18,2)) AS money, 9007199254740993 AS big, CAST(7 AS BIGINT) AS small,
         CAST('2026-11-01' AS DATE) AS on_day, NULL AS nothing, CAST(NULL AS BIGINT) AS no_number, 1 = 1 AS yes, 'it''s' AS words`,
      );
      expect(Object.fromEntries(columns.map((c, i) => [c.name, rows[0]?.[i]]))).toEqual({
        money: '0.10',
        big: '9007199254740993',
        small: 7,
        on_day: '2026-11-01',
        nothing: null,
        no_number: null,
        yes: true,
        words: "it's",
      });
    });

    it('stops at the number of rows wanted and says that there are more', async () => {
      await publish();
      const some = await warehouse().query('SELECT id FROM fact_sales', { maxRows: 5 });
      expect([some.rows.length, some.truncated]).toEqual([5, true]);
      const all = await warehouse().query('SELECT id FROM fact_sales', { maxRows: 1000 });
      expect([all.rows.length, all.truncated]).toEqual([factAt('sales', 1).length, false]);
    });

    it('changes nothing', async () => {
      await publish();
      for (const sql of [
        'DELETE FROM fact_sales',
        'DROP TABLE dim_sales',
        'CREATE TABLE t AS SELECT 1 AS x',
        '',
        '-- x',
      ]) {
        await expect(warehouse().query(sql), sql).rejects.toMatchObject({ name: 'StrataError' });
      }
      expect(await expectConsistent(warehouse(), 'sales')).toBe(1);
    });

    it('says what is wrong', async () => {
      await publish();
      await expect(warehouse().query('SELECT amont FROM fact_sales')).rejects.toMatchObject({
        code: 'bad_input',
        message: expect.stringMatching(/amont/i),
      });
    });
  });
}
