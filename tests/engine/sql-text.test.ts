import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { ident, literal, placeholders, readParquet, render } from '../../engine/sql-text.ts';
import { failureOf, useSession } from './engine.fixture.ts';

const used = useSession();

test('names and texts survive quoting', async () => {
  const nasty = `a "b" 'c' ; -- \n é`;
  expect(await used.session.rows(`SELECT ${literal(nasty)} AS ${ident(nasty)}`)).toEqual([{ [nasty]: nasty }]);
});

describe('readParquet', () => {
  const COLUMNS = [
    { name: 'added_later', sqlType: 'DECIMAL(18,3)' },
    { name: 'id', sqlType: 'BIGINT' },
    { name: 'order', sqlType: 'VARCHAR' },
  ] as const;

  test('no files: no rows, the same columns', async () => {
    const sql = `SELECT * FROM ${readParquet([], COLUMNS)}`;
    expect(await used.session.rows(sql)).toEqual([]);
    expect(await used.session.columns(sql)).toEqual([
      { name: 'added_later', type: 'DECIMAL(18,3)' },
      { name: 'id', type: 'BIGINT' },
      { name: 'order', type: 'VARCHAR' },
    ]);
  });

  test('files of different ages: by name, missing columns are null, an odd path is a path', async () => {
    const [older, newer] = [join(used.folder, "it's [old] {x}.parquet"), join(used.folder, 'new.parquet')];
    await used.session.run(`COPY (SELECT 'x' AS "order", 1::INTEGER AS id) TO ${literal(older)}`);
    await used.session.run(
      `COPY (SELECT 2::BIGINT AS id, 1.5::DECIMAL(18,3) AS added_later, 'y' AS "order", 3 AS gone) TO ${literal(newer)}`,
    );
    for (const uris of [[newer], [older, newer], [newer, older]]) {
      const rows = await used.session.rows(`SELECT t.* FROM ${readParquet(uris, COLUMNS)} AS t ORDER BY id DESC`);
      expect(rows).toEqual(
        [
          { added_later: '1.500', id: 2n, order: 'y' },
          { added_later: null, id: 1n, order: 'x' },
        ].slice(0, uris.length),
      );
    }
    const files = await used.session.rows(`SELECT filename FROM ${readParquet([newer], COLUMNS, { filename: true })}`);
    expect(files).toEqual([{ filename: newer }]);
  });
});

describe('placeholders', () => {
  const SQL = 'SELECT *\nFROM {{raw}} r\nJOIN {{ fx }} f USING (currency)\nJOIN {{raw}} again USING (id)';

  test('are listed once each and replaced without moving lines', () => {
    expect(placeholders(SQL)).toEqual(['raw', 'fx']);
    const sql = render(SQL, { raw: '(SELECT 1\n  AS id)', fx: "t$1$&'" });
    expect(sql.split('\n')).toHaveLength(4);
    expect(sql.split('\n')[2]).toBe("JOIN t$1$&' f USING (currency)");
  });

  test('an unknown one is named with its line', async () => {
    const failure = await failureOf(() => render(SQL, { raw: 'r' }, 'silver/payment.sql'));
    expect(failure).toMatchObject({ code: 'bad_definition', where: 'silver/payment.sql:3', hint: 'Inputs are: raw.' });
  });
});
