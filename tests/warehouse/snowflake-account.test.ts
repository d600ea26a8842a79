import { describe, expect, it, onTestFinished } from 'vitest';
import { SNOWFLAKE_NEEDED } from '../../config/settings.snowflake.ts';
import { loadSettings } from '../../config/settings.ts';
import type { SnowflakeOptions } from '../../warehouse/snowflake/connection-options.ts';
import { MINUTES } from '../patience.ts';
import { freshName } from '../servers.fresh.ts';
import { warehouseContract } from './contract.suite.ts';
import { snowflakeSubject, withClient } from './snowflake.subject.ts';
import type { Subject } from './subject.ts';

type Account = Omit<SnowflakeOptions, 'schema'>;

/** What no stand-in can prove: runs wherever an account is in the environment, unless STRATA_TEST_SNOWFLAKE=0. */
const missing = SNOWFLAKE_NEEDED.filter((variable) => !process.env[variable]);
const reason =
  process.env.STRATA_TEST_SNOWFLAKE === '0'
    ? 'STRATA_TEST_SNOWFLAKE=0'
    : missing.length > 0 && `not in the environment: ${missing.join(', ')}`;

if (reason) {
  describe.skip(`Snowflake (account) (skipped: ${reason})`, () => {
    warehouseContract(async () => {
      throw new Error('skipped');
    });
  });
} else {
  describe('Snowflake (account)', { timeout: 5 * MINUTES }, () => accountTests(accountOf(process.env)));
}

function accountOf(env: NodeJS.ProcessEnv): Account {
  const { snowflake } = loadSettings({ env: { ...env, STRATA_WAREHOUSE_ACCOUNT: 'snowflake' }, dev: false });
  const { schema: _, privateKeyPassphrase, ...given } = snowflake!;
  const told = Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) as typeof given;
  return { ...told, ...(privateKeyPassphrase && { privateKeyPassphrase: privateKeyPassphrase.reveal() }) } as Account;
}

function accountTests(account: Account): void {
  it('has a virtual warehouse that suspends itself', async () => {
    const { columns, rows } = await withClient(account, (client) =>
      client.run(`SHOW WAREHOUSES LIKE '${account.warehouse}'`),
    );
    const suspend = rows[0]?.[columns.findIndex(({ name }) => name === 'auto_suspend')];
    expect(Number(suspend), 'AUTO_SUSPEND in seconds; without one it runs, and costs, for ever').toBeGreaterThan(0);
  });

  warehouseContract(async (): Promise<Subject> => {
    const fresh = freshName('strata_test');
    const subject = snowflakeSubject(account, fresh);
    const schemas = new Set<string>();
    onTestFinished(() => drop(account, schemas), 120_000);
    return {
      ...subject,
      open: (name = 'dev') => {
        schemas.add(`${fresh}_${name}`.toUpperCase());
        return subject.open(name);
      },
    };
  });
}

async function drop(account: Account, schemas: ReadonlySet<string>): Promise<void> {
  await withClient(account, async (client) => {
    for (const schema of schemas) {
      for (const each of [schema, `${schema}_STRATA`]) {
        await client.run(`DROP SCHEMA IF EXISTS "${account.database.toUpperCase()}"."${each}" CASCADE`);
      }
    }
  });
}
