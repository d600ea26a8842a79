import { placeholders, render } from '../../engine/sql-text.ts';
import type { Publication } from '../warehouse.ts';
import type { RecordedState } from './ledger.ts';
import { name, type Place, published, quoted } from './names.ts';

/**
 * Views are made before the transaction, over tables that have their new columns already; what is gone goes after it.
 * Snowflake checks a view's SQL when it is made: one that it does not understand ends the publication before any row.
 */
export function planViews(
  place: Place,
  { views = [] }: Publication,
  { views: had }: RecordedState,
): { create: string[]; drop: string[] } {
  const names = new Set(views.map((view) => view.name));
  return {
    create: views.map((view) => {
      const tables = placeholders(view.sql).map((table) => [table, published(place, table)]);
      const columns = view.columns.map((c) => `${name(c.name)}${comment(c.description)}`).join(', ');
      const sql = render(view.sql, Object.fromEntries(tables));
      const about = view.description === undefined ? '' : ` COMMENT = ${quoted(view.description)}`;
      return `CREATE OR REPLACE VIEW ${published(place, view.name)}${columns === '' ? '' : ` (${columns})`}${about} AS ${sql}`;
    }),
    drop: had.filter((view) => !names.has(view)).map((view) => `DROP VIEW IF EXISTS ${published(place, view)}`),
  };
}

const comment = (text: string | undefined): string => (text === undefined ? '' : ` COMMENT ${quoted(text)}`);
