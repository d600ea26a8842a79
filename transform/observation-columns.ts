import { StrataError } from '../core/errors.ts';
import type { Session } from '../engine/session.ts';
import { literal } from '../engine/sql-text.ts';

/** What ties an output row of a merge to the observation it was made from. */
export const OBSERVATION_COLUMNS = ['_op', '_position', '_tie', '_bronze_partition'] as const;

// DuckDB's own JSON of a statement; only the parts that are looked at.
interface Select {
  type: string;
  select_list?: Expression[];
  from_table?: TableRef;
  cte_map?: { map: { key: string; value: { query: { node: Select } } }[] };
  left?: Select;
  right?: Select;
}
interface TableRef {
  type: string;
  alias?: string;
  table_name?: string;
  left?: TableRef;
  right?: TableRef;
  subquery?: { node: Select };
}
interface Expression {
  class: string;
  type: string;
  relation_name?: string;
}

/**
 * Adds the observation columns to the select list of a row-wise statement, so that authors need not carry them: at the
 * outermost SELECT and in every CTE and subquery on the way to the relation that holds them.
 * @param relation name of the view that `{{raw}}` stands for.
 * @throws bad_definition when the statement does not read the relation row by row.
 */
export async function withObservationColumns(
  session: Session,
  sql: string,
  relation: string,
  where: string,
): Promise<string> {
  const text = await session.value<string>(`SELECT json_serialize_sql(${literal(sql)})::VARCHAR`);
  // 2^64 - 1 stands for "no location" and does not survive JavaScript's numbers.
  const parsed = JSON.parse(
    (text ?? '{}').replaceAll('"query_location":18446744073709551615', '"query_location":0'),
  ) as { error?: boolean; error_message?: string; statements?: { node: Select }[] };
  const statement = parsed.statements?.[0];
  if (parsed.error || !statement)
    throw new StrataError('bad_definition', `${where}: ${parsed.error_message ?? 'not a SELECT'}`, { where });
  if (!carry(statement.node, relation, new Map())) {
    throw new StrataError('bad_definition', `${where} never reads {{${relation}}} row by row`, {
      where,
      hint: `A merge's SQL selects from {{${relation}}}, directly or through subqueries and CTEs that pass its rows on one by one.`,
    });
  }
  const result = await session.value<string>(`SELECT json_deserialize_sql(${literal(JSON.stringify(parsed))}::JSON)`);
  return (result ?? '').replace(/;\s*$/, '');
}

/** @returns true when the node yields the relation's rows and now carries their columns. */
function carry(node: Select, relation: string, outer: ReadonlyMap<string, Select>): boolean {
  if (node.type === 'SET_OPERATION_NODE') {
    const both = [node.left, node.right].map((side) => side !== undefined && carry(side, relation, outer));
    return both.every(Boolean);
  }
  const ctes = new Map(outer);
  for (const { key, value } of node.cte_map?.map ?? []) ctes.set(key.toLowerCase(), value.query.node);
  const alias = node.from_table && carrier(node.from_table, relation, ctes);
  if (alias === undefined || !node.select_list) return false;
  // A star already passes them on.
  const passed = node.select_list.some((e) => e.class === 'STAR' && (!e.relation_name || e.relation_name === alias));
  if (!passed) node.select_list.push(...OBSERVATION_COLUMNS.map((column) => columnRef(alias, column)));
  return true;
}

/** The alias under which a FROM clause offers the observation columns. */
function carrier(table: TableRef, relation: string, ctes: ReadonlyMap<string, Select>): string | undefined {
  switch (table.type) {
    case 'BASE_TABLE': {
      const name = table.table_name?.toLowerCase() ?? '';
      const alias = table.alias || table.table_name;
      if (name === relation.toLowerCase()) return alias;
      const cte = ctes.get(name);
      return cte && carriesAlready(cte, relation, ctes) ? alias : undefined;
    }
    case 'SUBQUERY':
      return table.subquery && carry(table.subquery.node, relation, ctes) ? table.alias : undefined;
    case 'JOIN':
      return (
        (table.left && carrier(table.left, relation, ctes)) ?? (table.right && carrier(table.right, relation, ctes))
      );
    default:
      return undefined;
  }
}

const carried = new WeakSet<Select>();

/** A CTE may be read twice; its columns are added once. */
function carriesAlready(cte: Select, relation: string, ctes: ReadonlyMap<string, Select>): boolean {
  if (carried.has(cte)) return true;
  const yes = carry(cte, relation, ctes);
  if (yes) carried.add(cte);
  return yes;
}

function columnRef(alias: string, column: string) {
  return { class: 'COLUMN_REF', type: 'COLUMN_REF', alias: '', query_location: 0, column_names: [alias, column] };
}
