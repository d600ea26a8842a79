import { createHash } from 'node:crypto';
import { placeholders, render } from '../../engine/sql-text.ts';
import type { Publication, PublishedView } from '../warehouse.ts';
import type { RecordedState } from './ledger.ts';
import { name, type Place, published, quoted } from './names.ts';

export interface ViewPlan {
  /** Before the transaction, over tables that have their new columns: one that Snowflake does not understand ends it here. */
  readonly check: readonly string[];
  /** After the commit, or readers of the old cut would see the new definition over the old rows. */
  readonly after: readonly string[];
  /** View -> digest. */
  readonly state: Readonly<Record<string, string>>;
}

/** Views that are not as the last publication left them, or read a table whose columns changed; those that are gone go. */
export function planViews(place: Place, { views = [], tables }: Publication, { views: had }: RecordedState): ViewPlan {
  const columns = new Map(tables.map((t) => [t.name, t.columns.map((c) => [c.name, c.sqlType])]));
  const all = views.map((view) => {
    const { select, create } = statementsOf(place, view);
    const digest = digestOf([create, placeholders(view.sql).map((table) => columns.get(table))]);
    return { name: view.name, select, create, digest };
  });
  const due = all.filter((view) => had[view.name] !== view.digest);
  const state = Object.fromEntries(all.map((view) => [view.name, view.digest]));
  const gone = Object.keys(had).filter((view) => !(view in state));
  return {
    check: due.map(({ select }) => `EXPLAIN ${select}`),
    after: [...due.map(({ create }) => create), ...gone.map((view) => `DROP VIEW IF EXISTS ${published(place, view)}`)],
    state,
  };
}

function statementsOf(place: Place, view: PublishedView): { select: string; create: string } {
  const tables = placeholders(view.sql).map((table) => [table, published(place, table)]);
  const columns = view.columns.map((c) => `${name(c.name)}${comment(c.description)}`).join(', ');
  const select = render(view.sql, Object.fromEntries(tables));
  const list = columns === '' ? '' : ` (${columns})`;
  const about = view.description === undefined ? '' : ` COMMENT = ${quoted(view.description)}`;
  return {
    select,
    create: `CREATE OR REPLACE VIEW ${published(place, view.name)}${list} COPY GRANTS${about} AS ${select}`,
  };
}

const comment = (text: string | undefined): string => (text === undefined ? '' : ` COMMENT ${quoted(text)}`);

const digestOf = (value: unknown): string =>
  createHash('sha256').update(JSON.stringify(value)).digest('hex').slice(0, 16);
