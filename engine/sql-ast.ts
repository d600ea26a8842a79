/**
 * DuckDB's own tree of a statement (json_serialize_sql), of which only these parts are named. Everything else is walked
 * without being understood, so that a new kind of node can hide nothing.
 */
export type Node = { readonly [field: string]: unknown };

export interface SelectNode extends Node {
  readonly type: string;
}

export interface Place {
  /** Byte offset into the statement. */
  readonly offset: number | undefined;
}

/** DuckDB writes 2^64 - 1 where it knows no place. */
const UNKNOWN_OFFSET = Number.MAX_SAFE_INTEGER;

export const isNode = (value: unknown): value is Node => typeof value === 'object' && value !== null;

export const text = (node: Node, field: string): string => (typeof node[field] === 'string' ? node[field] : '');

export const list = (node: Node, field: string): Node[] => {
  const value = node[field];
  return Array.isArray(value) ? value.filter(isNode) : [];
};

export const child = (node: Node, field: string): Node | undefined =>
  isNode(node[field]) && !Array.isArray(node[field]) ? (node[field] as Node) : undefined;

export function offsetOf(node: Node): number | undefined {
  const at = node.query_location;
  return typeof at === 'number' && at < UNKNOWN_OFFSET ? at : undefined;
}

/**
 * Every node, parents first, each with the place of its nearest ancestor that has one.
 * @param visit false: do not go into it
 */
export function walk(root: Node, visit: (node: Node, place: Place) => boolean | undefined): void {
  const go = (value: unknown, place: Place): void => {
    if (Array.isArray(value)) {
      for (const item of value) go(item, place);
      return;
    }
    if (!isNode(value)) return;
    const here = { offset: offsetOf(value) ?? place.offset };
    if (visit(value, here) === false) return;
    for (const field of Object.values(value)) go(field, here);
  };
  go(root, { offset: undefined });
}

/** The earliest place inside a node; some nodes have none of their own. */
export function firstOffset(node: Node): number | undefined {
  let first: number | undefined;
  walk(node, (inner) => {
    const here = offsetOf(inner);
    if (here !== undefined && (first === undefined || here < first)) first = here;
    return undefined;
  });
  return first;
}

/** The common table expressions of a query node: name and node. */
export function ctesOf(node: Node): { name: string; node: Node }[] {
  const map = child(node, 'cte_map');
  return (map ? list(map, 'map') : []).flatMap((entry) => {
    const value = child(entry, 'value');
    const query = value && child(value, 'query');
    const inner = query && child(query, 'node');
    return inner ? [{ name: text(entry, 'key').toLowerCase(), node: inner }] : [];
  });
}

/** The SELECT that names the columns of a result: the first one of a UNION. */
export function firstSelect(node: Node): Node | undefined {
  if (text(node, 'type') === 'SELECT_NODE') return node;
  const next = child(node, 'left') ?? list(node, 'children')[0];
  return next && firstSelect(next);
}

/** Name of a result column, where it can be read from the tree. */
export function columnName(expression: Node): string | undefined {
  const alias = text(expression, 'alias');
  if (alias) return alias;
  const names = expression.column_names;
  return Array.isArray(names) ? String(names.at(-1)) : undefined;
}
