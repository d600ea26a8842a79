import { connect, type SnowflakeClient } from '../../warehouse/snowflake/client.ts';
import type { SnowflakeOptions } from '../../warehouse/snowflake/connection-options.ts';
import { openSnowflakeWarehouse } from '../../warehouse/snowflake/snowflake-warehouse.ts';
import { SESSION } from './company.fixture.ts';
import type { Subject } from './subject.ts';

/** @param fresh begins the names of its schemas */
export function snowflakeSubject(options: Omit<SnowflakeOptions, 'schema'>, fresh: string): Subject {
  const schemaOf = (name: string) => `${fresh}_${name}`;
  const warehouse = (schema: string) =>
    openSnowflakeWarehouse({ connection: { ...options, schema }, session: SESSION });
  return {
    open: async (name = 'dev') => warehouse(schemaOf(name)),
    administer: (statements) =>
      withClient(options, async (client) => {
        for (const statement of statements) await client.run(statement);
      }),
    comments: async (table) => {
      const schema = schemaOf('dev');
      const where = `WHERE TABLE_SCHEMA = '${schema.toUpperCase()}' AND TABLE_NAME = '${table.toUpperCase()}'`;
      const from = `FROM INFORMATION_SCHEMA`;
      const { rows } = await warehouse(schema).query(
        `SELECT LOWER(COLUMN_NAME) AS C, COMMENT ${from}.COLUMNS ${where}
         UNION ALL SELECT '', COMMENT ${from}.TABLES ${where} UNION ALL SELECT '', COMMENT ${from}.VIEWS ${where}`,
      );
      return Object.fromEntries((rows as [string, string][]).filter(([, comment]) => comment));
    },
  };
}

/** A session as another program of the account would have one. */
export async function withClient<T>(
  options: Omit<SnowflakeOptions, 'schema'>,
  work: (client: SnowflakeClient) => Promise<T>,
): Promise<T> {
  const client = await connect({ ...options, schema: 'PUBLIC' });
  try {
    return await work(client);
  } finally {
    await client.close();
  }
}
