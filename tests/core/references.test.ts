import { join } from 'node:path';
import { describe, expect, expectTypeOf, test } from 'vitest';
import { bigint, dataset, integer, key, pii, type Row, references, text } from '../../core/builders.ts';
import { useFolder } from '../engine/engine.fixture.ts';
import { problemsOf } from '../engine/project.fixture.ts';

const folder = useFolder();
const dim = dataset({
  name: 'gold.dim_person',
  description: 'People.',
  inputs: {},
  sql: 'dim_person.sql',
  columns: { person_key: key(bigint()), person_id: pii.identifier().nullable(), age: integer().nullable() },
});
const fact = (columns: object) =>
  dataset({
    name: 'gold.fact_visit',
    description: 'Visits.',
    inputs: {},
    sql: 'fact_visit.sql',
    columns: { visit: key(text()), ...columns },
  });
const files = {
  'dim_person.sql': "SELECT 1::BIGINT AS person_key, 'p' AS person_id, 3::INTEGER AS age",
  'fact_visit.sql': "SELECT 'v' AS visit, 1::BIGINT AS guest_key",
};

describe('references', () => {
  test('take type and class from the column they point at, but not its place in the key', () => {
    const { columns } = fact({
      guest_key: references(dim, 'person_key').describe('Who came'),
      host_id: references(dim, 'person_id').nullable(),
      age: key(references(dim, 'age')),
    });
    expect(columns.slice(1)).toMatchObject([
      {
        name: 'guest_key',
        sqlType: 'BIGINT',
        key: false,
        nullable: false,
        description: 'Who came',
        references: { dataset: 'gold.dim_person', column: 'person_key' },
      },
      { sqlType: 'VARCHAR', pii: 'identifier', nullable: true, references: { column: 'person_id' } },
      { sqlType: 'INTEGER', key: true, references: { column: 'age' } },
    ]);
    expect(dim.columns.map((c) => c.references)).toEqual([undefined, undefined, undefined]);
    const typed = dataset({
      name: 'gold.f',
      description: 'F.',
      inputs: {},
      sql: 'f.sql',
      columns: { k: references(dim, 'person_key') },
    });
    expectTypeOf<Row<typeof typed>>().toEqualTypeOf<{ readonly k: bigint }>();
  });

  test('a column that is not there does not compile, and is refused', () => {
    // @ts-expect-error
    expect(() => references(dim, 'person_kex')).toThrow(/no column person_kex/);
  });

  test.each([
    ['the key of a listed dataset', [dim], 'person_key', []],
    ['a dataset that no pipeline lists', [], 'person_key', ['gold.dim_person is in no pipeline']],
    ['a column that is not the key', [dim], 'person_id', ['person_id is not the key of gold.dim_person']],
  ] as const)('strata check: %s', async (what, listed, column, messages) => {
    const visit = fact({ guest_key: references(dim, column) });
    const sql = files['fact_visit.sql'].replace('1::BIGINT', column === 'person_id' ? "'x'" : '1::BIGINT');
    const problems = await problemsOf(join(folder, what), [...listed, visit], { ...files, 'fact_visit.sql': sql });
    expect(problems.map(({ message }) => message)).toEqual(messages.map((m) => expect.stringContaining(m)));
  });
});
