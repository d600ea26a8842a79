import type { FunctionTraits } from './function-traits.ts';
import { child, ctesOf, firstOffset, list, type Node, offsetOf, text, walk } from './sql-ast.ts';
import { type SqlProblem, type Statement, standIn } from './sql-statement.ts';

/**
 * Why a statement may not give exactly one row for each row of `{{input}}`. A merge runs over whichever observations are
 * pending, so a row that depends on another one would come out differently with every batch; and a row that is filtered
 * away would be neither current nor superseded nor in quarantine. What joins multiply cannot be seen here, without
 * data.
 */
export function findNotRowWise(statement: Statement, input: string, traits: FunctionTraits): SqlProblem[] {
  const finder = new Finder(input, traits);
  const reads = finder.query(statement.root, new Set());
  if (!reads && finder.problems.length === 0) {
    finder.add(
      statement.root,
      `The statement does not select from {{${input}}}`,
      `Select FROM {{${input}}} AS ${input}.`,
    );
  }
  return finder.problems;
}

class Finder {
  readonly problems: SqlProblem[] = [];
  readonly #input: string;
  readonly #traits: FunctionTraits;

  constructor(input: string, traits: FunctionTraits) {
    this.#input = input;
    this.#traits = traits;
  }

  add(node: Node, what: string, hint: string): void {
    this.problems.push({
      message: `A merge gives one row per observation. ${what}`,
      hint,
      offset: offsetOf(node) ?? firstOffset(node),
    });
  }

  /** @returns whether the rows come from the input; `carriers`: names of CTEs that do. */
  query(node: Node, outer: ReadonlySet<string>): boolean {
    const carriers = new Set(outer);
    for (const cte of ctesOf(node)) {
      if (this.query(cte.node, carriers)) carriers.add(cte.name);
      else carriers.delete(cte.name);
    }
    if (text(node, 'type') !== 'SELECT_NODE') return this.#setOperation(node, carriers);
    const from = child(node, 'from_table');
    const reads = from ? this.#from(from, carriers) : false;
    if (reads) this.#select(node);
    this.#subqueries(node, carriers);
    return reads;
  }

  #setOperation(node: Node, carriers: ReadonlySet<string>): boolean {
    const sides = [child(node, 'left'), child(node, 'right'), ...list(node, 'children')];
    const reads = sides.filter((side) => side && this.query(side, carriers)).length > 0;
    if (reads)
      this.add(node, `UNION, EXCEPT, INTERSECT and recursion over {{${this.#input}}} do not`, 'Use one SELECT.');
    return reads;
  }

  #from(table: Node, carriers: ReadonlySet<string>): boolean {
    switch (text(table, 'type')) {
      case 'BASE_TABLE': {
        const name = text(table, 'table_name');
        return name === standIn(this.#input) || (!text(table, 'schema_name') && carriers.has(name.toLowerCase()));
      }
      case 'SUBQUERY': {
        const subquery = child(table, 'subquery');
        const node = subquery && child(subquery, 'node');
        return node ? this.query(node, carriers) : false;
      }
      case 'JOIN':
        return this.#join(table, carriers);
      default:
        return false;
    }
  }

  #join(join: Node, carriers: ReadonlySet<string>): boolean {
    const [left, right] = [child(join, 'left'), child(join, 'right')].map((t) => (t ? this.#from(t, carriers) : false));
    if (!left && !right) return false;
    const kind = text(join, 'join_type');
    const input = `{{${this.#input}}}`;
    if (left && right) this.add(join, `${input} is joined with itself`, 'A row may not depend on another observation.');
    else if (kind !== 'SINGLE' && kind !== (left ? 'LEFT' : 'RIGHT')) {
      this.add(
        join,
        `This join loses or adds rows`,
        `Start with FROM ${input} and use LEFT JOIN; check what is missing with a row check.`,
      );
    }
    return true;
  }

  #select(select: Node): void {
    const add = (what: string, hint: string) => this.add(select, what, hint);
    const where = child(select, 'where_clause');
    if (where) {
      this.add(
        where,
        'WHERE loses rows without a trace',
        'Use a row check: what fails it goes to quarantine with its reason.',
      );
    }
    const grouped = list(select, 'group_expressions').length > 0 || select.aggregate_handling === 'FORCE_AGGREGATES';
    if (grouped) add('GROUP BY does not', 'Aggregate in a dataset that replaces its partitions.');
    if (child(select, 'having')) add('HAVING does not', 'Use a row check.');
    if (child(select, 'qualify')) add('QUALIFY does not', 'Strata keeps the latest version of each key by itself.');
    for (const modifier of list(select, 'modifiers')) {
      const type = text(modifier, 'type');
      if (type.startsWith('DISTINCT')) add('DISTINCT does not', 'Strata drops equal observations by itself.');
      if (type.startsWith('LIMIT')) add('LIMIT does not', 'Take it out.');
    }
    for (const expression of list(select, 'select_list')) this.#expression(expression);
  }

  #expression(expression: Node): void {
    walk(expression, (node) => {
      const kind = text(node, 'class');
      if (kind === 'SUBQUERY') return false;
      const name = text(node, 'function_name').toLowerCase();
      if (kind === 'WINDOW')
        this.add(node, `The window function ${name} does not`, 'Use it in a dataset that replaces its partitions.');
      if (kind === 'FUNCTION' && name === 'unnest')
        this.add(node, 'unnest does not', 'Keep the list, and unnest it in a dataset downstream.');
      else if (kind === 'FUNCTION' && this.#traits.aggregates.has(name)) {
        this.add(node, `The aggregate ${name} does not`, 'Aggregate in a dataset that replaces its partitions.');
      }
      return undefined;
    });
  }

  #subqueries(select: Node, carriers: ReadonlySet<string>): void {
    const { from_table: _from, cte_map: _ctes, ...expressions } = select;
    walk(expressions, (node) => {
      if (text(node, 'class') !== 'SUBQUERY') return undefined;
      const subquery = child(node, 'subquery');
      const inner = subquery && child(subquery, 'node');
      if (inner && this.query(inner, carriers)) {
        this.add(node, `A subquery reads {{${this.#input}}} again`, 'A row may not depend on another observation.');
      }
      return false;
    });
  }
}
