import type { Session } from './session.ts';
import { child, isNode, list, type Node, text, walk } from './sql-ast.ts';
import type { SqlProblem, Statement } from './sql-statement.ts';
import { literal } from './sql-text.ts';

/** Aggregates whose last digits depend on the order in which doubles are added up. */
const ADDS_UP =
  /^(sum|sum_no_overflow|avg|mean|fsum|favg|sumkahan|kahan_sum|product|geomean|geometric_mean|stddev.*|var_.*|variance|skewness|kurtosis.*|covar.*|corr|regr_.*|sem)$/;
const FLOATS = new Set(['DOUBLE', 'FLOAT']);

/**
 * Sums of doubles, found in DuckDB's bound plan, because only there the types are known. Threads add them up in another
 * order each time, so the same inputs would give another digest.
 */
export async function findFloatSums(session: Session, statement: Statement): Promise<SqlProblem[]> {
  const json = await session.value<string>(
    `SELECT json_serialize_plan(${literal(statement.runnable)}, optimize := false)::VARCHAR`,
  );
  const plan = JSON.parse(json ?? '{}') as Node;
  const sums = new Set<string>();
  walk(plan, (node) => {
    const name = text(node, 'name').toLowerCase();
    const isAggregate = text(node, 'expression_class') === 'BOUND_AGGREGATE' && ADDS_UP.test(name);
    if (isAggregate && !isOrdered(node) && list(node, 'arguments').some((type) => FLOATS.has(text(type, 'id')))) {
      sums.add(name);
    }
    return undefined;
  });
  return [...sums].map((name) => ({
    message: `${name}(...) adds up doubles, so its last digits differ from run to run`,
    hint: `Cast inside: ${name}(x::DECIMAL(38,6)), or fix the order: ${name}(x ORDER BY key).`,
    offset: callOf(statement.root, name),
  }));
}

function isOrdered(aggregate: Node): boolean {
  const orders = child(aggregate, 'order_bys');
  return orders !== undefined && list(orders, 'orders').length > 0;
}

function callOf(root: Node, name: string): number | undefined {
  let found: number | undefined;
  walk(root, (node, { offset }) => {
    if (isNode(node) && text(node, 'function_name').toLowerCase() === name) found ??= offset;
    return undefined;
  });
  return found;
}
