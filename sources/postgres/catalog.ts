import type pg from 'pg';
import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';

/** A column as PostgreSQL declares it; a domain is resolved to the type below it. */
export interface PgColumn {
  readonly name: string;
  /** `numeric`, `timestamptz`, `_int4` ... */
  readonly type: string;
  /** As people write it: `numeric(18,2)`. */
  readonly declared: string;
  readonly kind: 'scalar' | 'array' | 'composite';
  readonly notNull: boolean;
  /** Of a numeric with a declared size. */
  readonly precision: number | undefined;
  readonly scale: number | undefined;
}

export interface PgRelation {
  readonly oid: number;
  readonly schema: string;
  readonly name: string;
  /** Quoted, for SQL. */
  readonly sql: string;
  /** pg_class.relkind: r table, p partitioned, m materialized view, v view, f foreign table. */
  readonly kind: string;
  readonly columns: ReadonlyMap<string, PgColumn>;
}

export const quote = (name: string): string => `"${name.replaceAll('"', '""')}"`;

const RELATION = `
  select c.oid::int8::text as oid, c.relkind::text as kind, has_schema_privilege(n.oid, 'usage') as usage
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where n.nspname = $1 and c.relname = $2 and c.relkind in ('r', 'p', 'm', 'v', 'f')`;

const COLUMNS = `
  with recursive base as (
    select attnum, attname, attnotnull, format_type(atttypid, atttypmod) as declared, atttypid as typ, atttypmod as mod
    from pg_attribute where attrelid = $1::oid and attnum > 0 and not attisdropped
    union all
    select b.attnum, b.attname, b.attnotnull, b.declared, t.typbasetype, t.typtypmod
    from base b join pg_type t on t.oid = b.typ where t.typtype = 'd')
  select attname as name, declared, attnotnull as "notNull", t.typname as type, mod,
    case when t.typcategory = 'A' then 'array' when t.typtype = 'c' then 'composite' else 'scalar' end as kind,
    has_column_privilege($1::oid, attnum, 'select') as readable
  from base b join pg_type t on t.oid = b.typ where t.typtype <> 'd' order by attnum`;

const NEIGHBOURS = `
  select n.nspname || '.' || c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm', 'v', 'f') and not c.relispartition
    and n.nspname not in ('pg_catalog', 'information_schema') and n.nspname not like 'pg_toast%'
  order by n.nspname <> $1, 1 limit 30`;

interface ColumnRow extends Omit<PgColumn, 'precision' | 'scale'> {
  readonly mod: number;
  readonly readable: boolean;
}

/**
 * The dataset's table and its columns, as they are at the connection's snapshot.
 * @throws source_mismatch when table or columns are missing, with the valid ones; access_denied when the role may not read them
 */
export async function describeRelation(client: pg.Client, dataset: SourceDataset): Promise<PgRelation> {
  const [schema, name] = splitRelation(dataset.relation);
  const found = (await client.query<{ oid: string; kind: string; usage: boolean }>(RELATION, [schema, name])).rows[0];
  if (!found) {
    const { rows } = await client.query<{ name: string }>(NEIGHBOURS, [schema]);
    throw new StrataError('source_mismatch', `${dataset.name} reads ${schema}.${name}, which does not exist`, {
      where: dataset.name,
      hint: `Tables are: ${rows.map((row) => row.name).join(', ') || 'none that this role can see'}.`,
    });
  }
  const { rows } = await client.query<ColumnRow>(COLUMNS, [found.oid]);
  requireColumns(dataset, rows);
  const denied = rows.filter((row) => !row.readable && Object.values(dataset.sourceColumns).includes(row.name));
  if (!found.usage || denied.length > 0) {
    const what = found.usage ? denied.map((row) => row.name).join(', ') : `schema ${schema}`;
    throw new StrataError('access_denied', `The role may not read ${what} of ${dataset.relation}`, {
      where: dataset.name,
      hint: found.usage
        ? `GRANT SELECT (${what}) ON ${dataset.relation} TO the role.`
        : `GRANT USAGE ON SCHEMA ${schema} TO the role.`,
    });
  }
  return {
    oid: Number(found.oid),
    schema,
    name,
    sql: `${quote(schema)}.${quote(name)}`,
    kind: found.kind,
    columns: new Map(rows.map((row) => [row.name, { ...row, ...numericSize(row) }])),
  };
}

function requireColumns(dataset: SourceDataset, rows: readonly ColumnRow[]): void {
  const names = new Set(rows.map((row) => row.name));
  const missing = Object.values(dataset.sourceColumns).filter((column) => !names.has(column));
  if (missing.length === 0) return;
  throw new StrataError('source_mismatch', `${dataset.relation} has no column ${missing.join(', ')}`, {
    where: dataset.name,
    hint: `Columns are: ${rows.map((row) => `${row.name} ${row.declared}`).join(', ')}.`,
  });
}

/** `payment` means `public.payment`. */
function splitRelation(relation: string): [string, string] {
  const dot = relation.indexOf('.');
  return dot < 0 ? ['public', relation] : [relation.slice(0, dot), relation.slice(dot + 1)];
}

/** PostgreSQL packs both into one number, the scale as 11 bits with a sign. */
function numericSize({ type, mod }: { type: string; mod: number }): Pick<PgColumn, 'precision' | 'scale'> {
  if (type !== 'numeric' || mod < 4) return { precision: undefined, scale: undefined };
  const packed = mod - 4;
  return { precision: (packed >> 16) & 0xffff, scale: ((packed & 0x7ff) ^ 1024) - 1024 };
}
