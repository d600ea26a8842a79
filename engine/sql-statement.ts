import { StrataError } from '../core/errors.ts';
import { DuckdbFault } from './duckdb-fault.ts';
import type { Session } from './session.ts';
import type { Node } from './sql-ast.ts';
import { inFile, placeIn } from './sql-errors.ts';
import { ident, literal, PLACEHOLDER } from './sql-text.ts';

/** One SELECT of a file, parsed but not bound to any table. */
export interface Statement {
  /** For messages: the path below the project's root. */
  readonly file: string;
  /** The text with `{{name}}` as a quoted table name of the same length, so that every place stays what it is. */
  readonly sql: string;
  /** The text as a build runs it, over views named after the inputs; same places. */
  readonly runnable: string;
  /** The root query node. */
  readonly root: Node;
  /** DuckDB's serialized tree of it. */
  readonly tree: string;
}

/** What went wrong at a place of a statement, before it is known what else did. */
export interface SqlProblem {
  readonly message: string;
  readonly hint: string;
  readonly offset: number | undefined;
}

/** The table name that stands for `{{name}}` in a parsed statement. */
export const standIn = (name: string): string => `{${name}}`;

/** The name inside a stand-in; undefined for any other table name. */
export const inputOf = (table: string): string | undefined => /^\{(\w+)\}$/.exec(table)?.[1];

const EXPECTED = 'Expected is one SELECT statement that reads its inputs as {{name}}.';

/**
 * @param text with `{{name}}` placeholders
 * @throws bad_definition with file, line and column when the text is not exactly one SELECT
 */
export async function parseStatement(session: Session, text: string, file: string): Promise<Statement> {
  const substitute = (table: (name: string) => string) =>
    text.replace(PLACEHOLDER, (whole, name: string) => ident(table(name)).padEnd(whole.length));
  const sql = substitute(standIn);
  const json = (await session.value<string>(`SELECT json_serialize_sql(${literal(sql)})::VARCHAR`)) ?? '{}';
  const parsed = JSON.parse(json) as Parsed;
  if (parsed.error) throw parseError(parsed, sql, file);
  const statements = parsed.statements ?? [];
  const root = statements[0]?.node;
  if (statements.length !== 1 || !root) {
    const count = statements.length === 0 ? 'no statement' : `${statements.length} statements`;
    throw new StrataError('bad_definition', `The file holds ${count}`, { where: file, hint: EXPECTED });
  }
  return { file, sql, runnable: substitute((name) => name), root, tree: json };
}

interface Parsed {
  readonly error: boolean;
  readonly error_type?: string;
  readonly error_message?: string;
  readonly position?: string;
  readonly statements?: readonly { readonly node: Node }[];
}

function parseError(parsed: Parsed, sql: string, file: string): unknown {
  if (parsed.error_type === 'not implemented') {
    return new StrataError('bad_definition', 'The file holds something other than a SELECT', {
      where: file,
      hint: `${EXPECTED} PIVOT, INSERT, CREATE, ATTACH, COPY and SET are not possible here.`,
    });
  }
  const position = parsed.position === undefined ? undefined : Number(parsed.position);
  const fault = new DuckdbFault('Parser', parsed.error_message ?? 'cannot be parsed', position, sql);
  return inFile(new StrataError('bad_definition', fault.message, { cause: fault }), file, EXPECTED);
}

/** @throws bad_definition for the first problem, if there is one */
export function refuse(statement: Statement, problems: readonly SqlProblem[]): void {
  const first = problems[0];
  if (!first) return;
  throw new StrataError('bad_definition', first.message, {
    where: placeIn(statement.file, statement.sql, first.offset),
    hint: first.hint,
  });
}
