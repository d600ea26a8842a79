import { bigint, boolean, type Column, type ColumnShape, columnsOf, key, timestamp } from './column.ts';
import type { DerivedDataset } from './dataset.ts';
import type { LakeColumn } from './lake-columns.ts';

/**
 * A dimension with history: its SQL gives one row per version of a natural key, and Strata makes of them one row per span
 * of time in which the tracked columns stayed the same.
 */
export interface Type2<C extends string = string, K extends string = string> {
  readonly kind: 'type2';
  /** Natural key, nullable: the unknown and the not-applicable member have none. */
  readonly key: C;
  /** Column of the SQL, not of the table: when this version began to hold. TIMESTAMPTZ, unique per key. */
  readonly at: string;
  /** Column of the SQL, not of the table: this version says that the key is gone. */
  readonly deleted?: string;
  /** A change in one of these opens a new row. The others are type 1: their newest value stands in every row of the key. */
  readonly track: readonly C[];
  readonly surrogate: K;
  /** Input -> its column that mentions natural keys: one that no version has yet becomes an inferred member. */
  readonly members: Readonly<Record<string, string>>;
}

/** @param options see {@link Type2} */
export const type2 = <const C extends string, const K extends string>(options: {
  key: C;
  at: string;
  deleted?: string;
  track: readonly C[];
  surrogate: K;
  members?: Readonly<Record<string, string>>;
}): Type2<C, K> => ({ kind: 'type2', ...options, members: options.members ?? {} });

/** The first row of every key is valid from here on, and so are inferred members: the beginning of time that every engine can hold. */
export const BEGINNING = '0001-01-01 00:00:00+00';

/** Of every type-2 dimension, beside its surrogate key. */
export const HISTORY_SHAPE = {
  valid_from: timestamp().describe('From when on this row holds; the first of each key since the year 1'),
  valid_to: timestamp().nullable().describe('Until when it holds (not included); null: still'),
  is_current: boolean().describe('Holds now: not followed by another, and the key is not deleted'),
  is_inferred: boolean().describe('Mentioned by others, but not in the source yet'),
};

export type HistoryShape<K extends string> = { readonly [P in K]: ReturnType<typeof bigint> } & typeof HISTORY_SHAPE;

const surrogateColumn = () => key(bigint()).describe('Surrogate key; -1 unknown, -2 not applicable');

/** The columns as written, and what history adds to them; those written out by the author keep place and description. */
export function withHistory(shape: ColumnShape, history: Type2): ColumnShape {
  const first = history.surrogate in shape ? {} : { [history.surrogate]: surrogateColumn() };
  const last = Object.entries(HISTORY_SHAPE).filter(([name]) => !(name in shape));
  return { ...first, ...shape, ...Object.fromEntries(last) };
}

/** The columns that history adds, as columns. */
export const addedColumns = (history: Type2): Column[] =>
  columnsOf({ [history.surrogate]: surrogateColumn(), ...HISTORY_SHAPE });

/** Names of the columns that Strata fills. */
export const generatedColumns = (history: Type2): string[] => [history.surrogate, ...Object.keys(HISTORY_SHAPE)];

/** The columns that describe a key: neither the natural key nor filled by Strata. */
export function attributesOf(dataset: Pick<DerivedDataset, 'columns'>, history: Type2): Column[] {
  const own = new Set([history.key, ...generatedColumns(history)]);
  return dataset.columns.filter(({ name }) => !own.has(name));
}

/** What the SQL of a derived dataset must give: the declared columns, and for a history the raw versions. */
export function sqlColumnsOf(dataset: DerivedDataset): LakeColumn[] {
  const { history, columns } = dataset;
  if (!history) return columns.map(({ name, sqlType }) => ({ name, sqlType }));
  const own = columns.filter(({ name }) => name === history.key);
  return [
    ...[...own, ...attributesOf(dataset, history)].map(({ name, sqlType }) => ({ name, sqlType })),
    { name: history.at, sqlType: 'TIMESTAMPTZ' },
    ...(history.deleted === undefined ? [] : [{ name: history.deleted, sqlType: 'BOOLEAN' as const }]),
  ];
}

/**
 * What readers by key and time (`asOf`) see of a history: nothing that is rewritten in old rows. So neither the end of a
 * row nor a type 1 attribute makes an old fact stale.
 */
export const timelessColumns = (history: Type2): string[] => [
  history.surrogate,
  history.key,
  'valid_from',
  ...history.track,
];

/** Names of the input datasets that are looked at for mentioned keys only. */
export const memberInputs = ({ history, inputs }: DerivedDataset): Set<string> =>
  new Set(Object.keys(history?.members ?? {}).flatMap((name) => inputs[name]?.dataset.name ?? []));

export type Absent = 'unknown' | 'not applicable';

/** The value of a column that never is null in a member that stands for nothing known; undefined: there is none. */
export function absentValue(
  { sqlType, json }: Pick<Column, 'sqlType' | 'json'>,
  which: Absent,
): string | number | boolean | undefined {
  if (sqlType === 'VARCHAR' && !json) return which;
  if (sqlType === 'BIGINT' || sqlType === 'INTEGER') return which === 'unknown' ? -1 : -2;
  return sqlType === 'BOOLEAN' ? false : undefined;
}
