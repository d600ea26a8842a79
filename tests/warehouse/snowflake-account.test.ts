import { describe, onTestFinished } from 'vitest';
import { loadSettings } from '../../config/settings.ts';
import { connect } from '../../warehouse/snowflake/client.ts';
import type { SnowflakeOptions } from '../../warehouse/snowflake/connection-options.ts';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import { freshName } from '../servers.fresh.ts';
import { SESSION } from './company.fixture.ts';
import { warehouseContract } from './contract.suite.ts';
import type { Subject } from './subject.ts';

/** What no stand-in can prove; docs/warehouse.md says how to run it. */
const wanted = process.env.STRATA_TEST_SNOWFLAKE === '1';

if (wanted) {
  const { snowflake } = loadSettings({ env: { ...process.env, STRATA_WAREHOUSE_ACCOUNT: 'snowflake' }, dev: false });
  const { account, user, privateKeyPath, privateKeyPassphrase, role, warehouse, database } = snowflake!;
  const options: Omit<SnowflakeOptions, 'schema'> = {
    ...{ account, user, privateKeyPath, role, warehouse, database },
    ...(privateKeyPassphrase && { privateKeyPassphrase: privateKeyPassphrase.reveal() }),
  };
  describe('Snowflake (account)', { timeout: 300_000 }, () => {
    warehouseContract(async (): Promise<Subject> => {
      const fresh = freshName('strata_test');
      const schemas = new Set<string>();
      onTestFinished(() => drop({ ...options, schema: fresh }, schemas), 120_000);
      return {
        kind: 'snowflake',
        open: async (name = 'dev') => {
          const schema = `${fresh}_${name}`;
          schemas.add(schema.toUpperCase());
          return openSnowflakeWarehouse({ connection: { ...options, schema }, session: SESSION });
        },
      };
    });
  });
} else {
  describe.skip('Snowflake (account) (skipped: STRATA_TEST_SNOWFLAKE=1 and STRATA_SNOWFLAKE_... are not set)', () => {
    warehouseContract(async () => {
      throw new Error('skipped');
    });
  });
}

async function drop(options: SnowflakeOptions, schemas: ReadonlySet<string>): Promise<void> {
  const client = await connect(options);
  for (const schema of schemas) {
    for (const each of [schema, `${schema}_STRATA`]) {
      await client.run(`DROP SCHEMA IF EXISTS "${options.database.toUpperCase()}"."${each}" CASCADE`);
    }
  }
  await client.close();
}
