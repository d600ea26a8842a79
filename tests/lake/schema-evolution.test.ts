import { expect, test } from 'vitest';
import type { SqlType } from '../../core/column.ts';
import { columnsOfSchema, evolve, schemaString, type TableColumn } from '../../lake/delta-schema.ts';

const table: TableColumn[] = [
  { name: 'id', sqlType: 'INTEGER' },
  { name: 'plan', sqlType: 'VARCHAR', description: 'as it was bought' },
  { name: 'amount', sqlType: 'DECIMAL(10,2)' },
];
const change = (declared: readonly TableColumn[], before: readonly TableColumn[] = table) =>
  evolve('silver.subscription', before, declared);
const retyped = (name: string, sqlType: SqlType) => table.map((c) => (c.name === name ? { ...c, sqlType } : c));

test('a column is added, left out, widened, renamed', () => {
  expect(change(table)).toBe(table);
  expect(change(table.slice(0, 2))).toBe(table);
  expect(change([...table, { name: 'note', sqlType: 'VARCHAR' }]).map((c) => c.name)).toEqual([
    'id',
    'plan',
    'amount',
    'note',
  ]);
  expect(change(retyped('id', 'BIGINT'))[0]?.sqlType).toBe('BIGINT');
  expect(change(retyped('amount', 'DECIMAL(18,2)'))[2]?.sqlType).toBe('DECIMAL(18,2)');
  const renamed = change([table[0]!, { name: 'tier', sqlType: 'VARCHAR', renamedFrom: 'plan' }, table[2]!]);
  expect(renamed.map((c) => c.name)).toEqual(['id', 'tier', 'amount', 'plan']);
  expect(columnsOfSchema(schemaString(renamed), 'log')[1]).toMatchObject({ name: 'tier', renamedFrom: 'plan' });
});

test.each<[string, SqlType]>([
  ['id', 'VARCHAR'],
  ['id', 'DOUBLE'],
  ['plan', 'INTEGER'],
  ['amount', 'DECIMAL(18,4)'],
  ['amount', 'DOUBLE'],
])('%s becomes no %s', (name, sqlType) => {
  expect(() => change(retyped(name, sqlType))).toThrow(
    expect.objectContaining({
      code: 'source_mismatch',
      message: expect.stringContaining(`silver.subscription.${name} is `),
      hint: expect.stringContaining('npx strata backfill create'),
    }),
  );
});

test('a worker with older code does not make a widened column narrow again', () => {
  const wide = change(retyped('id', 'BIGINT'));
  const hint = expect.stringContaining('it was widened');
  expect(() => change(table, wide)).toThrow(expect.objectContaining({ hint }));
  expect(() => change(retyped('amount', 'DECIMAL(8,2)'))).toThrow(expect.objectContaining({ hint }));
});

test('an earlier name is not forgotten while files hold it', () => {
  const renamed = change([table[0]!, { name: 'tier', sqlType: 'VARCHAR', renamedFrom: 'plan' }]);
  expect(() => change([{ name: 'tier', sqlType: 'VARCHAR' }], renamed)).toThrow(/was renamed from plan/);
  expect(() => change([{ name: 'level', sqlType: 'VARCHAR', renamedFrom: 'tier' }], renamed)).toThrow(
    /third name of one column: plan, tier, level/,
  );
  // A new table has no such files, and whoever still declares the old name reads what it knows.
  expect(change([{ name: 'tier', sqlType: 'VARCHAR', renamedFrom: 'plan' }], [])).toEqual([
    { name: 'tier', sqlType: 'VARCHAR' },
  ]);
  expect(change(table, renamed)).toBe(renamed);
});
