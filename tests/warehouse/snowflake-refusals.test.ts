import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { openSession } from '../../engine/session.ts';
import { connect } from '../../warehouse/snowflake/client.ts';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import type { PublishedTable, Warehouse } from '../../warehouse/warehouse.ts';
import { MINUTES } from '../patience.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { difference, SESSION, writeFiles } from './company.fixture.ts';
import { withClient } from './snowflake.subject.ts';
import { expectConsistent } from './subject.ts';

/** Several publications: slow where others use the machine. */
const PATIENT = { timeout: 4 * MINUTES };

await describeWith(['snowflake'], 'a publication to Snowflake (stand-in)', ({ snowflake }) => {
  let files: string;
  let schema: string;
  let warehouse: Warehouse;
  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'strata-refusals-'));
    await writeFiles(files, 'sales', 3);
  });
  afterAll(() => rm(files, { recursive: true, force: true }));
  beforeEach(async () => {
    schema = freshName('refusals');
    warehouse = openSnowflakeWarehouse({ connection: { ...snowflake, schema }, session: SESSION });
    await warehouse.publish(difference(files, 'sales', null, 1));
  });
  const at = (table: string) => `"ANALYTICS"."${schema.toUpperCase()}"."${table.toUpperCase()}"`;
  const ledger = () => `"ANALYTICS"."${schema.toUpperCase()}_STRATA"."PUBLICATION_SALES"`;

  describe('is refused, and nothing is written,', () => {
    it.each([
      [(fact: string) => `ALTER TABLE ${fact} DROP COLUMN "AMOUNT"`, 'fact_sales lacks amount'],
      [(fact: string) => `DROP TABLE ${fact}`, 'fact_sales is gone'],
    ])('where somebody changed a table by hand (%#)', PATIENT, async (statement, message) => {
      await withClient(snowflake, (client) => client.run(statement(at('fact_sales'))));
      await expect(warehouse.publish(difference(files, 'sales', 1, 2))).rejects.toMatchObject({
        code: 'source_mismatch',
        message: expect.stringContaining(message),
        hint: expect.stringContaining(`UPDATE ${ledger()} SET "CUT" = NULL`),
      });
      expect(await warehouse.published('sales')).toMatchObject({ number: 1 });
      // What it says to do.
      await withClient(snowflake, (client) => client.run(`UPDATE ${ledger()} SET "CUT" = NULL`));
      const whole = difference(files, 'sales', null, 3);
      await warehouse.publish({ ...whole, tables: whole.tables.map((t) => ({ ...t, full: true })) });
      expect(await expectConsistent(warehouse, 'sales')).toBe(3);
    });

    it('where a table that comes whole holds a key twice', PATIENT, async () => {
      const file = join(files, `${freshName('twice')}.parquet`);
      await using session = await openSession(SESSION);
      await session.run(`COPY (SELECT 1::BIGINT AS id, unnest(['a', 'b']) AS label) TO '${file}' (FORMAT parquet)`);
      const next = difference(files, 'sales', 1, 2);
      const [fact, dim] = next.tables as [PublishedTable, PublishedTable];
      const twice = { ...dim, replacePartitions: [{ partition: 'all', uris: [file] }] };
      await expect(warehouse.publish({ ...next, tables: [fact, twice] })).rejects.toMatchObject({
        code: 'corrupt',
        message: expect.stringContaining('Duplicate row'),
      });
      expect(await expectConsistent(warehouse, 'sales')).toBe(1);
      await warehouse.publish(next);
      expect(await expectConsistent(warehouse, 'sales')).toBe(2);
    });
  });

  it('that waits for a lock says so, can be aborted, and goes on once it has it', PATIENT, async () => {
    const holder = await connect({ ...snowflake, schema });
    await holder.run('BEGIN');
    await holder.run(`UPDATE ${ledger()} SET "CUT" = "CUT"`);
    // A silent transaction would be given up.
    const alive = setInterval(() => void holder.run('SELECT 1').catch(() => {}), 200);
    try {
      const abort = new AbortController();
      const said: string[] = [];
      const onWait = (message: string) => {
        said.push(message);
        abort.abort();
      };
      const next = difference(files, 'sales', 1, 2);
      await expect(warehouse.publish(next, { onWait, signal: abort.signal })).rejects.toMatchObject({
        code: 'cancelled',
      });
      expect(said).toEqual([
        expect.stringMatching(/^Snowflake has worked or waited \d+ s for: UPDATE .*PUBLICATION_SALES/),
      ]);
      let loaded = () => {};
      const isLoaded = new Promise<void>((resolve) => {
        loaded = resolve;
      });
      const second = warehouse.publish(next, { onStep: (step) => (step === 'loaded' ? loaded() : undefined) });
      await isLoaded;
      await holder.run('ROLLBACK');
      expect(await second).toMatchObject({ outcome: 'published', cut: 2 });
      expect(await expectConsistent(warehouse, 'sales')).toBe(2);
    } finally {
      clearInterval(alive);
      await holder.close();
    }
  });
});
