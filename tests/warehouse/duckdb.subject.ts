import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DuckDBInstance } from '@duckdb/node-api';
import { onTestFinished } from 'vitest';
import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import { SESSION } from './company.fixture.ts';
import type { Subject } from './subject.ts';

/** A warehouse file of its own, read and changed as any DuckDB user would. */
export async function duckdbSubject(): Promise<Subject> {
  const folder = await mkdtemp(join(tmpdir(), 'strata-contract-duckdb-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  const path = join(folder, 'analytics.duckdb');
  const rows = async (sql: string, mode: 'READ_ONLY' | 'READ_WRITE') => {
    const instance = await DuckDBInstance.create(path, { access_mode: mode });
    const connection = await instance.connect();
    try {
      return (await connection.runAndReadAll(sql)).getRowsJson() as string[][];
    } finally {
      connection.disconnectSync();
      instance.closeSync();
    }
  };
  return {
    open: (schema = 'dev') => openDuckdbWarehouse({ path, schema, session: SESSION }),
    administer: async (statements) => {
      await chmod(path, 0o644);
      for (const statement of statements) await rows(statement, 'READ_WRITE');
    },
    comments: async (table) => {
      const all = ['table', 'view'].map(
        (kind) =>
          `SELECT '' AS c, comment FROM duckdb_${kind}s() WHERE schema_name = 'dev' AND ${kind}_name = '${table}'`,
      );
      const columns = `SELECT column_name, comment FROM duckdb_columns() WHERE schema_name = 'dev' AND table_name = '${table}'`;
      const found = await rows([...all, columns].join(' UNION ALL '), 'READ_ONLY');
      return Object.fromEntries(found.filter(([, comment]) => comment));
    },
  };
}
