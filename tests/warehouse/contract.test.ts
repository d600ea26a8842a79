import { describe } from 'vitest';
import { freshName } from '../servers.fresh.ts';
import { describeWith } from '../servers.ts';
import { warehouseContract } from './contract.suite.ts';
import { duckdbSubject } from './duckdb.subject.ts';
import { snowflakeSubject } from './snowflake.subject.ts';

describe('DuckDB', () => warehouseContract(duckdbSubject));

await describeWith(['snowflake'], 'Snowflake (stand-in)', ({ snowflake }) => {
  warehouseContract(async () => snowflakeSubject({ ...snowflake, patienceMillis: 5000 }, freshName('dev')));
});
