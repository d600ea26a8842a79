import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import type { SnowflakeOptions } from '../../warehouse/snowflake/connection-options.ts';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import { MINUTES } from '../patience.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { difference, SESSION, writeFiles } from './company.fixture.ts';
import { CuttingProxy } from './cutting.proxy.ts';
import { evolving } from './evolving.fixture.ts';
import { expectConsistent } from './subject.ts';

/** What Snowflake answers or does without a running virtual warehouse, by its documentation. */
const ASLEEP =
  /^(SHOW|PUT|LIST|REMOVE|EXPLAIN|COMMENT|ALTER|DROP|CREATE (SCHEMA|STAGE|OR REPLACE VIEW)|CREATE (TRANSIENT )?TABLE (?![\s\S]* AS SELECT )|SELECT CURRENT_DATABASE\(\)|SELECT MAX\("CUT"\) AS "CUT", MAX\("CUT_ID"\) AS "CUT_ID", MAX\("UNFINISHED"\) AS "UNFINISHED" FROM [^ ]+$)/;
const DDL = /^(CREATE|ALTER (?!SESSION)|DROP|COMMENT)/;

/** Four publications: slow where others use the machine. */
const PATIENT = { timeout: 4 * MINUTES };

await describeWith(['snowflake'], 'the statements sent to Snowflake (stand-in)', ({ snowflake }) => {
  let files: string;
  let proxy: CuttingProxy;
  let schema: string;
  beforeAll(async () => {
    files = await mkdtemp(join(tmpdir(), 'strata-statements-'));
    await writeFiles(files, 'sales', 4);
    proxy = await CuttingProxy.before(snowflake.url);
  });
  afterAll(async () => {
    proxy.close();
    await rm(files, { recursive: true, force: true });
  });
  beforeEach(() => {
    schema = freshName('statements');
    proxy.arm();
  });
  const open = (rest: Partial<SnowflakeOptions> = {}) =>
    openSnowflakeWarehouse({
      connection: { ...snowflake, schema, url: proxy.url, patienceMillis: 5000, ...rest },
      session: SESSION,
    });
  const publish = (from: number | null, to: number) => open().publish(difference(files, 'sales', from, to));

  describe('of a publication', () => {
    it.each([
      [
        'the first',
        null,
        [/^CREATE TABLE IF NOT EXISTS [^ ]+ AS SELECT/, /^SELECT "CUT", "CUT_ID", "ATTEMPT", "STATE"/],
      ],
      ['a later', 1, [/^SELECT "CUT", "CUT_ID", "ATTEMPT", "STATE"/]],
    ] as const)('%s one wakes the virtual warehouse once', PATIENT, async (_, from, woken) => {
      if (from !== null) await publish(null, from);
      proxy.arm();
      await publish(from, 2);
      const { statements } = proxy;
      const copy = statements.findIndex((sql) => sql.startsWith('COPY'));
      const awake = statements.slice(0, copy).filter((sql) => !ASLEEP.test(sql));
      // It reads what the ledger remembers; from there to the end are seconds.
      expect(awake).toEqual(woken.map((pattern) => expect.stringMatching(pattern)));
      const lastUpload = statements.findLastIndex((sql) => sql.startsWith('PUT'));
      expect(lastUpload).toBeGreaterThan(0);
      expect(statements.indexOf(awake[0]!)).toBeGreaterThan(lastUpload);
    });

    it('has no DDL in its transaction, and none that readers of the old cut notice before it', PATIENT, async () => {
      const { first, second } = await evolving(files);
      await open().publish(first);
      proxy.arm();
      await open().publish(second);
      const { statements } = proxy;
      const [begin, commit] = [statements.indexOf('BEGIN'), statements.indexOf('COMMIT')];
      expect(begin).toBeGreaterThan(0);
      expect(statements.slice(begin, commit).filter((sql) => DDL.test(sql))).toEqual([]);
      const before = statements.slice(0, begin).filter((sql) => DDL.test(sql));
      expect(before.filter((sql) => /RENAME|DROP COLUMN|OR REPLACE|^DROP (TABLE|VIEW)/.test(sql))).toEqual([]);
      const after = statements.slice(commit).filter((sql) => DDL.test(sql) && !/STAGING_/.test(sql));
      expect(
        after.map((sql) =>
          sql
            .replace(/"\S+"\S*|\bIF EXISTS /g, '')
            .slice(0, 22)
            .trim(),
        ),
      ).toEqual(['CREATE OR REPLACE VIEW', 'DROP TABLE', 'ALTER TABLE  DROP COLU', 'ALTER TABLE  DROP COLU']);
    });

    it('carry a tag: pipeline, cut, attempt and step', async () => {
      await publish(null, 2);
      const tags = proxy.parameters.map(({ QUERY_TAG: tag }) => JSON.parse(String(tag ?? '{}')));
      // The session's own settings come before it knows what for.
      const told = tags.slice(tags.findIndex(({ step }) => step === 'cut'));
      for (const [i, tag] of told.entries())
        expect(tag, proxy.statements[i]).toMatchObject({ app: 'strata', pipeline: 'sales' });
      const attempts = new Set(
        told.filter(({ step }) => step !== 'cut').map(({ cut, attempt }) => `${cut} ${attempt}`),
      );
      expect([...attempts]).toEqual([expect.stringMatching(/^2 \d{8}T\d{6}_[0-9A-F]{32}$/)]);
      const steps = new Set(told.map(({ step }) => step));
      for (const step of ['upload', 'shape', 'staging', 'copy', 'begin', 'delete', 'insert', 'commit', 'clean'])
        expect([...steps]).toContain(step);
    });
  });

  it('of a query: its own text, and how many rows are wanted', async () => {
    await publish(null, 1);
    proxy.arm();
    const sql = `-- Newest first\nSELECT id, 'a--b' AS x FROM fact_sales ORDER BY id DESC;`;
    await open().query(sql, { maxRows: 10 });
    const at = proxy.statements.indexOf(sql);
    expect(proxy.parameters[at]).toMatchObject({ ROWS_PER_RESULTSET: 11 });
  });

  it(
    'of a reader between the DDL and the commit: the old cut loses nothing, and then has the new one',
    PATIENT,
    async () => {
      const { first, second, expectAt } = await evolving(files);
      await open().publish(first);
      proxy.arm();
      await open().publish(second);
      const moments = ['BEGIN', 'COMMIT'].map((sql) => proxy.statements.indexOf(sql));
      for (const at of moments) {
        schema = freshName('statements');
        const reader = open({ url: snowflake.url });
        await reader.publish(first);
        proxy.arm({ at, kind: 'sleeps' });
        const publishing = open().publish(second);
        await proxy.sleeps();
        await expectAt(reader, 1);
        proxy.wake();
        expect(await publishing).toMatchObject({ outcome: 'published', cut: 2 });
        await expectAt(reader, 2);
      }
    },
  );

  it('of a load from an external stage: files are copied from where they are', async () => {
    const stageUrl = `${pathToFileURL(files).href}/`;
    const external = open({ stageUrl, storageIntegration: 'lake' });
    await external.publish(difference(files, 'sales', null, 2));
    const { statements } = proxy;
    expect(statements.filter((sql) => /^CREATE STAGE/.test(sql))).toEqual([
      expect.stringMatching(/"LAKE" URL = 'file:.*\/' STORAGE_INTEGRATION = "LAKE"$/),
    ]);
    expect(statements.filter((sql) => /^(PUT|REMOVE)/.test(sql))).toEqual([]);
    const copies = statements.filter((sql) => sql.startsWith('COPY'));
    expect(copies).toEqual([
      expect.stringMatching(/"LAKE" FILES = \('sales-fact-\d-\d.parquet', 'sales-fact-\d-\d.parquet'\)/),
      expect.stringContaining(`FILES = ('sales-dim-2.parquet')`),
    ]);
    expect(await expectConsistent(external, 'sales')).toBe(2);
    // What does not lie there is uploaded, which an external stage does not take.
    const elsewhere = join(files, '..', freshName('elsewhere'));
    onTestFinished(() => rm(elsewhere, { recursive: true, force: true }));
    await writeFiles(elsewhere, 'sales', 3);
    proxy.arm();
    await external.publish(difference(elsewhere, 'sales', 2, 3));
    const uploads = proxy.statements.filter((sql) => /^(PUT|REMOVE|COPY)/.test(sql));
    expect(uploads).toHaveLength(5);
    for (const sql of uploads) expect(sql).toContain('"LOAD"/runs/');
    expect(await expectConsistent(external, 'sales')).toBe(3);
  });
});
