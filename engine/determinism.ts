import type { FunctionTraits } from './function-traits.ts';
import { child, firstOffset, list, type Node, type Place, text, walk } from './sql-ast.ts';
import type { SqlProblem, Statement } from './sql-statement.ts';

/** Words of SQL that look like columns in the tree. */
const CLOCK_WORDS = new Set(['current_date', 'current_time', 'current_timestamp', 'localtime', 'localtimestamp']);

/** Their result follows the order in which rows arrive, which differs from run to run. */
const ORDERED_AGGREGATES = new Set(
  'first last any_value arbitrary list array_agg string_agg group_concat listagg'.split(' '),
);
const ORDERED_WINDOWS = new Set('row_number lag lead first_value last_value nth_value ntile'.split(' '));

/**
 * Places where the same inputs could give other rows the next time. A build's digest decides whether anything downstream
 * is rebuilt, so what is not deterministic would move the whole graph every night.
 */
export function findNondeterminism(statement: Statement, traits: FunctionTraits): SqlProblem[] {
  const problems: SqlProblem[] = [];
  const add = (place: Place, message: string, hint: string) => problems.push({ message, hint, offset: place.offset });
  walk(statement.root, (node, place) => {
    const name = volatileName(node, traits);
    if (name) {
      add(
        place,
        `${name} gives another value each time it runs`,
        'Use a column of an input instead, such as updated_at or _observed_at; keys come from surrogate_key(...).',
      );
    }
    if (isUnorderedAggregate(node)) {
      const call = text(node, 'function_name');
      add(
        place,
        `${call}(...) without ORDER BY depends on the order in which rows arrive`,
        `Write ${call}(... ORDER BY ...), or min(...) or max(...).`,
      );
    }
    if (text(node, 'class') === 'WINDOW' && list(node, 'orders').length === 0) {
      const call = text(node, 'function_name').toLowerCase();
      if (ORDERED_WINDOWS.has(call)) {
        add(place, `${call}() OVER (...) without ORDER BY numbers rows at random`, 'Add ORDER BY with a unique key.');
      }
    }
    const around = { offset: place.offset ?? firstOffset(node) };
    if (node.sample) add(around, 'A sample takes other rows each time', 'Filter by a hash of the key instead.');
    for (const problem of unorderedModifiers(node)) problems.push({ ...problem, offset: around.offset });
    return undefined;
  });
  return problems;
}

function volatileName(node: Node, traits: FunctionTraits): string | undefined {
  if (text(node, 'class') === 'FUNCTION') {
    const name = text(node, 'function_name').toLowerCase();
    // age(x) counts from today, age(a, b) does not.
    if (name === 'age' && list(node, 'children').length === 1) return 'age(x)';
    return traits.volatile.has(name) ? `${name}()` : undefined;
  }
  const names = node.column_names;
  if (text(node, 'class') !== 'COLUMN_REF' || !Array.isArray(names) || names.length !== 1) return undefined;
  const word = String(names[0]).toLowerCase();
  return CLOCK_WORDS.has(word) ? word : undefined;
}

function isUnorderedAggregate(node: Node): boolean {
  if (text(node, 'class') !== 'FUNCTION' || !ORDERED_AGGREGATES.has(text(node, 'function_name').toLowerCase())) {
    return false;
  }
  const orders = child(node, 'order_bys');
  return !orders || list(orders, 'orders').length === 0;
}

function unorderedModifiers(node: Node): { message: string; hint: string }[] {
  const modifiers = list(node, 'modifiers');
  const has = (type: string) => modifiers.some((m) => text(m, 'type') === type);
  if (has('ORDER_MODIFIER')) return [];
  const hint = 'Add ORDER BY with a unique key.';
  const distinctOn = modifiers.some((m) => list(m, 'distinct_on_targets').length > 0);
  return [
    ...(has('LIMIT_MODIFIER') || has('LIMIT_PERCENT_MODIFIER')
      ? [{ message: 'LIMIT without ORDER BY keeps any rows', hint }]
      : []),
    ...(distinctOn ? [{ message: 'DISTINCT ON without ORDER BY keeps any row of each', hint }] : []),
  ];
}
