import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, onTestFinished } from 'vitest';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { SESSION } from './company.fixture.ts';
import { warehouseContract } from './contract.suite.ts';
import type { Subject } from './subject.ts';

describe('DuckDB', () => {
  warehouseContract(async (): Promise<Subject> => {
    const folder = await mkdtemp(join(tmpdir(), 'strata-contract-duckdb-'));
    onTestFinished(() => rm(folder, { recursive: true, force: true }));
    const path = join(folder, 'analytics.duckdb');
    return { kind: 'duckdb', open: (schema = 'dev') => openDuckdbWarehouse({ path, schema, session: SESSION }) };
  });
});

await describeWith(['snowflake'], 'Snowflake (stand-in)', ({ snowflake }) => {
  warehouseContract(async (): Promise<Subject> => {
    const fresh = freshName('dev');
    return {
      kind: 'snowflake',
      open: async (schema = 'dev') =>
        openSnowflakeWarehouse({
          connection: { ...snowflake, schema: `${fresh}_${schema}`, patienceMillis: 5000 },
          session: SESSION,
        }),
    };
  });
});
