import { findNondeterminism } from './determinism.ts';
import { functionTraits } from './function-traits.ts';
import type { Session } from './session.ts';
import { parseStatement, refuse } from './sql-statement.ts';
import { literal } from './sql-text.ts';

/**
 * The statement's meaning as text: DuckDB's parse and back, so that comments, layout and the case of keywords do not
 * count. `{{name}}` appears as `"{name}"`.
 * @param file for messages
 * @throws bad_definition with file and line: not one SELECT, or not deterministic
 */
export async function canonicalSql(session: Session, text: string, file: string): Promise<string> {
  const statement = await parseStatement(session, text, file);
  refuse(statement, findNondeterminism(statement, await functionTraits(session)));
  const canonical = await session.value<string>(`SELECT json_deserialize_sql(${literal(statement.tree)}::JSON)`);
  return canonical ?? '';
}
