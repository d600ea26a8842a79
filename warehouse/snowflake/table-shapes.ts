import type { Column } from '../../core/column.ts';
import { StrataError } from '../../core/errors.ts';
import { type Dialect, decimalOf, type PresentColumn, type ShapeChange, shapeChange } from '../shape-change.ts';
import type { Publication, PublishedTable } from '../warehouse.ts';
import type { RunOptions, SnowflakeClient } from './client.ts';
import type { RecordedState } from './ledger.ts';
import { ledgerTable } from './ledger.ts';
import { lowered, name, type Place, presentType, published, snowflakeType } from './names.ts';

/** Table -> columns, in their order, of everything in the schema. */
export type PresentTables = ReadonlyMap<string, readonly PresentColumn[]>;

/** Asked with SHOW, which needs no virtual warehouse. */
export async function presentTables(client: SnowflakeClient, place: Place, run: RunOptions): Promise<PresentTables> {
  const { columns, rows } = await client.run(
    `SHOW COLUMNS IN SCHEMA ${name(place.database)}.${name(place.schema)}`,
    run,
  );
  const at = (column: string) => columns.findIndex((c) => c.name === column);
  const [table, column, type] = [at('table_name'), at('column_name'), at('data_type')];
  const found = new Map<string, PresentColumn[]>();
  for (const row of rows) {
    const key = lowered(String(row[table]));
    found.set(key, [
      ...(found.get(key) ?? []),
      { name: lowered(String(row[column])), type: presentType(text(row[type])) },
    ]);
  }
  return found;
}

/** The client parses what looks like JSON. */
const text = (value: unknown): string => (typeof value === 'string' ? value : JSON.stringify(value));

const dialect = (place: Place, pipeline: string): Dialect => ({
  typeOf: snowflakeType,
  // Snowflake changes a column's type in place only where nothing is stored anew.
  widens(from, to) {
    const [a, b] = [decimalOf(from), decimalOf(to)];
    return a !== undefined && b !== undefined && a.scale === b.scale && a.precision <= b.precision;
  },
  statement: (table) =>
    `DROP TABLE ${published(place, table)}; UPDATE ${ledgerTable(place, pipeline)} SET "CUT" = NULL;`,
});

/** What must be done before and after the transaction so that the tables have their declared columns. */
export interface ShapePlan {
  readonly table: PublishedTable;
  /** All of its rows come with this publication. */
  readonly whole: boolean;
  /** Undefined: the table is not there yet. */
  readonly change: ShapeChange | undefined;
}

/**
 * @throws bad_definition for a change that cannot be made, source_mismatch for a table that somebody else dropped or
 * changed. Nothing was written.
 */
export function planShapes(
  place: Place,
  publication: Publication,
  present: PresentTables,
  { tables: recorded }: RecordedState,
): ShapePlan[] {
  return publication.tables.map((table) => {
    const columns = present.get(table.name);
    const whole = table.full === true || publication.fromCut === null;
    const known = recorded[table.name];
    if (!whole) refuseForeignChange(place, publication.pipeline, table, columns, known);
    if (columns === undefined) return { table, whole, change: undefined };
    const told = columns.map((c) => ({ ...c, unpublished: known !== undefined && !(c.name in known) }));
    return { table, whole, change: shapeChange(table, told, dialect(place, publication.pipeline)) };
  });
}

/** A difference loaded into a table that lost rows or columns would leave it wrong for good. */
function refuseForeignChange(
  place: Place,
  pipeline: string,
  table: PublishedTable,
  columns: readonly PresentColumn[] | undefined,
  recorded: Readonly<Record<string, string>> | undefined,
): void {
  const names = new Set(columns?.map((c) => c.name));
  const lost = Object.keys(recorded ?? {}).filter((c) => !names.has(c));
  const wanted = lost.filter((c) => table.columns.some((d) => d.name === c || d.renamedFrom === c));
  if (columns !== undefined && wanted.length === 0) return;
  const what = columns === undefined ? 'is gone' : `lacks ${wanted.join(', ')}`;
  throw new StrataError('source_mismatch', `${table.name} ${what}, and no publication did that. Nothing was written`, {
    where: published(place, table.name),
    hint: `UNDROP it, or load everything anew: UPDATE ${ledgerTable(place, pipeline)} SET "CUT" = NULL;`,
  });
}

/**
 * Statements before the transaction: they may be run again, and readers of the old cut lose nothing by them. So a column
 * that is renamed gets its new name beside the old one.
 */
export function before(place: Place, { table, change }: ShapePlan): string[] {
  const at = published(place, table.name);
  const declared = (c: Column) => `${name(c.name)} ${snowflakeType(c.sqlType)}`;
  if (change === undefined) return [`CREATE TABLE IF NOT EXISTS ${at} (${table.columns.map(declared).join(', ')})`];
  const renamed = new Set(change.rename.map(({ to }) => to));
  const [added, widened] = [
    table.columns.filter((c) => renamed.has(c.name) || change.add.includes(c)),
    change.widen.filter((c) => !renamed.has(c.name)),
  ];
  return [
    ...widened.map((c) => `ALTER TABLE ${at} ALTER COLUMN ${name(c.name)} SET DATA TYPE ${snowflakeType(c.sqlType)}`),
    ...added.map((c) => `ALTER TABLE ${at} ADD COLUMN IF NOT EXISTS ${declared(c)}`),
  ];
}

/** Within the transaction, before any row: the new name's values become those of the old one. */
export function within(place: Place, { table, whole, change }: ShapePlan, fence: string): string[] {
  if (whole || change === undefined || change.rename.length === 0) return [];
  const values = change.rename.map(({ from, to }) => `${name(to)} = ${name(from)}`);
  return [`UPDATE ${published(place, table.name)} SET ${values.join(', ')} WHERE ${fence}`];
}

/** Statements after the commit: readers of the old cut still had these columns. */
export const after = (place: Place, { table, change }: ShapePlan): string[] =>
  [...(change?.drop ?? []), ...(change?.rename ?? []).map(({ from }) => from)].map(
    (c) => `ALTER TABLE ${published(place, table.name)} DROP COLUMN IF EXISTS ${name(c)}`,
  );

/** The columns of a table as this publication leaves them. */
export const recordedShape = (table: PublishedTable): Readonly<Record<string, string>> =>
  Object.fromEntries(table.columns.map((c) => [c.name, snowflakeType(c.sqlType)]));
