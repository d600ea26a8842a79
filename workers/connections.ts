import type { Platform } from '../activities/platform.ts';
import type { Settings } from '../config/settings.ts';
import { StrataError } from '../core/errors.ts';
import type { SessionOptions } from '../engine/session.ts';
import type { Warehouse } from '../warehouse/warehouse.ts';
import { openWarehouse } from './open-warehouse.ts';

/** Names that definitions use -> where they are, from the settings. */
export function connectionsOf(
  settings: Settings,
  session: SessionOptions,
): Pick<Platform, 'source' | 'warehouse' | 'webhook'> {
  const opened = new Map<string, Promise<Warehouse>>();
  return {
    source({ name, system }) {
      const setting = settings.sources[name];
      const variable = `STRATA_SOURCE_${name.toUpperCase()}`;
      if (!setting) throw missing('source', name, variable, Object.keys(settings.sources));
      if (setting.system !== system) {
        throw new StrataError(
          'bad_settings',
          `The source ${name} is declared as ${system}, but ${variable} names ${setting.system}`,
          {
            where: variable,
          },
        );
      }
      return { name, url: setting.url.reveal() };
    },
    warehouse(name) {
      const setting = settings.warehouses[name];
      const variable = `STRATA_WAREHOUSE_${name.toUpperCase()}`;
      if (!setting) throw missing('warehouse', name, variable, Object.keys(settings.warehouses));
      const known = opened.get(name);
      if (known) return known;
      const warehouse = openWarehouse(setting, settings, session);
      opened.set(name, warehouse);
      warehouse.catch(() => opened.delete(name));
      return warehouse;
    },
    webhook: (name) => settings.webhooks[name]?.reveal(),
  };
}

const EXAMPLES = {
  source: 'postgres://... or mongodb://...',
  warehouse: 'duckdb:///path/file.duckdb or snowflake',
} as const;

function missing(kind: keyof typeof EXAMPLES, name: string, variable: string, known: readonly string[]): StrataError {
  const others = known.length > 0 ? ` Set are: ${known.join(', ')}.` : '';
  return new StrataError('bad_settings', `The project uses the ${kind} ${name}, but no setting says where it is`, {
    where: variable,
    hint: `Set ${variable}=${EXAMPLES[kind]} where the worker runs.${others}`,
  });
}
