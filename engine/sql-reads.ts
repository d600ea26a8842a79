import { suggestion } from '../core/suggest.ts';
import { child, ctesOf, text, walk } from './sql-ast.ts';
import { inputOf, type SqlProblem, type Statement } from './sql-statement.ts';

/** Table functions that only compute. All others reach files, servers, settings or the catalog. */
const PURE_TABLE_FUNCTIONS = new Set([
  'range',
  'generate_series',
  'unnest',
  'json_each',
  'json_tree',
  'repeat',
  'repeat_row',
]);

export interface Reads {
  /** Names used as `{{name}}`. */
  readonly inputs: ReadonlySet<string>;
  readonly problems: readonly SqlProblem[];
}

/** What a statement reads; everything that is not one of `valid` is a problem with its place. */
export function readsOf(statement: Statement, valid: readonly string[]): Reads {
  const inputs = new Set<string>();
  const problems: SqlProblem[] = [];
  const ctes = new Set<string>();
  walk(statement.root, (node) => {
    for (const cte of ctesOf(node)) ctes.add(cte.name);
    return undefined;
  });
  const braces = valid.map((name) => `{{${name}}}`);
  walk(statement.root, (node, { offset }) => {
    const type = text(node, 'type');
    const add = (message: string, hint: string) => problems.push({ message, hint, offset });
    if (type === 'BASE_TABLE') {
      const table = text(node, 'table_name');
      const input = inputOf(table);
      if (input !== undefined && valid.includes(input)) inputs.add(input);
      else if (input !== undefined) add(`{{${input}}} is not an input`, suggestion(`{{${input}}}`, braces));
      else if (!ctes.has(table.toLowerCase()) || text(node, 'schema_name')) {
        const name = [text(node, 'schema_name'), table].filter(Boolean).join('.');
        add(
          `${name} is read but is not an input`,
          `Declare it as an input and read it as {{name}}. Now: ${braces.join(', ')}.`,
        );
      }
    }
    if (type === 'TABLE_FUNCTION') {
      const call = child(node, 'function');
      const name = call ? text(call, 'function_name') : '';
      if (!PURE_TABLE_FUNCTIONS.has(name.toLowerCase())) {
        add(`${name}(...) reads past the declared inputs`, `Read a dataset as {{name}}. Now: ${braces.join(', ')}.`);
      }
    }
    if (type === 'SHOW_REF') add('DESCRIBE, SHOW and SUMMARIZE give no rows of a dataset', 'Write a SELECT.');
    if (text(node, 'class') === 'PARAMETER')
      add('A parameter has no value here', 'Write the value, or read it from an input.');
    return undefined;
  });
  return { inputs, problems };
}
