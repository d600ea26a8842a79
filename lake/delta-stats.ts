import { StrataError } from '../core/errors.ts';
import type { DataFile } from '../core/ports.ts';
import type { TableColumn } from './delta-schema.ts';

interface Stats {
  numRecords?: number;
  minValues?: Record<string, unknown>;
  maxValues?: Record<string, unknown>;
  nullCount?: Record<string, unknown>;
}

/**
 * The stats as they go into the log. Bounds of text and of moments are left out: Delta readers truncate both, text at 32
 * characters and moments at milliseconds, and a truncated upper bound makes them skip a file that holds the row.
 */
export function loggedStats(file: DataFile, columns: readonly TableColumn[]): string {
  const given = parse(file);
  const types = new Map(columns.map((c) => [c.name, c.sqlType]));
  const bounded = (name: string): boolean => {
    const type = types.get(name);
    return type !== undefined && !['VARCHAR', 'TIMESTAMPTZ', 'BLOB', 'DOUBLE'].includes(type);
  };
  const pick = (values: Record<string, unknown> | undefined, keep: (name: string) => boolean) =>
    Object.fromEntries(Object.entries(values ?? {}).filter(([name]) => keep(name)));
  return JSON.stringify({
    numRecords: file.rows,
    minValues: pick(given.minValues, bounded),
    maxValues: pick(given.maxValues, bounded),
    nullCount: pick(given.nullCount, (name) => types.has(name)),
  });
}

function parse(file: DataFile): Stats {
  if (file.stats === undefined) return {};
  try {
    return JSON.parse(file.stats) as Stats;
  } catch (cause) {
    throw new StrataError('internal', `The stats of ${file.path} are not JSON`, { cause });
  }
}
