import { createHash } from 'node:crypto';
import type { Publication, PublishedTable } from '../warehouse.ts';
import type { RecordedState } from './ledger.ts';
import { name, type Place, published, quoted } from './names.ts';

export interface CommentPlan {
  readonly statements: readonly string[];
  /** Table -> digest of its comments. */
  readonly state: Readonly<Record<string, string>>;
}

/**
 * Comments of tables and their columns, where they are not those of the last publication; views carry their own.
 * @param made tables that are new, or have new columns: whatever was set before is not on them
 */
export function planComments(
  place: Place,
  { tables }: Publication,
  { comments: had }: RecordedState,
  made: ReadonlySet<string>,
): CommentPlan {
  const state = Object.fromEntries(tables.map((table) => [table.name, digest(table)]));
  const due = tables.filter(({ name: table }) => made.has(table) || had[table] !== state[table]);
  return { state, statements: due.flatMap((table) => statementsOf(place, table)) };
}

function statementsOf(place: Place, { name: object, description, columns }: PublishedTable): string[] {
  const at = published(place, object);
  const each = columns.map((c) => `COLUMN ${name(c.name)} COMMENT ${quoted(c.description ?? '')}`);
  return [`COMMENT ON TABLE ${at} IS ${quoted(description ?? '')}`, `ALTER TABLE ${at} ALTER ${each.join(', ')}`];
}

const digest = ({ description, columns }: PublishedTable): string =>
  createHash('sha256')
    .update(JSON.stringify([description ?? '', columns.map((c) => [c.name, c.description ?? ''])]))
    .digest('hex')
    .slice(0, 16);
