import type { WarehouseSetting } from '../config/settings.connections.ts';
import type { Settings } from '../config/settings.ts';
import type { SessionOptions } from '../engine/session.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';

/** The warehouse that a setting names; the environment is its schema unless the setting says otherwise. */
export async function openWarehouse(
  setting: WarehouseSetting,
  settings: Settings,
  session: SessionOptions,
): Promise<Warehouse> {
  if (setting.kind === 'duckdb') {
    const { openDuckdbWarehouse } = await import('../warehouse/duckdb-warehouse.ts');
    return openDuckdbWarehouse({ path: setting.path, schema: settings.env, session });
  }
  const { openSnowflakeWarehouse } = await import('../warehouse/snowflake/snowflake-warehouse.ts');
  // The settings' reader asks for it wherever a warehouse is of this kind.
  const { privateKeyPassphrase, stage, stageUrl, storageIntegration, url, ...account } = settings.snowflake!;
  return openSnowflakeWarehouse({
    session,
    connection: {
      ...account,
      database: setting.database ?? account.database,
      schema: setting.schema ?? account.schema ?? settings.env,
      ...(privateKeyPassphrase && { privateKeyPassphrase: privateKeyPassphrase.reveal() }),
      ...(stage !== undefined && { stage }),
      ...(stageUrl !== undefined && { stageUrl }),
      ...(storageIntegration !== undefined && { storageIntegration }),
      ...(url !== undefined && { url }),
    },
  });
}
