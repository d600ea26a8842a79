import { describe, expect, test } from 'vitest';
import { functionTraits } from '../../engine/function-traits.ts';
import { findNotRowWise } from '../../engine/row-wise.ts';
import { parseStatement } from '../../engine/sql-statement.ts';
import { useSession } from './engine.fixture.ts';

const used = useSession();

async function findings(sql: string): Promise<string[]> {
  const statement = await parseStatement(used.session, sql, 'x.sql');
  const problems = findNotRowWise(statement, 'raw', await functionTraits(used.session));
  for (const problem of problems) expect(problem.hint).toBeTruthy();
  return problems.map((p) => p.message.replace('A merge gives one row per observation. ', ''));
}

describe('one row per observation', () => {
  test.each([
    'SELECT a FROM {{raw}}',
    'SELECT r.a, upper(f.b) AS b FROM {{raw}} r LEFT JOIN {{fx}} f USING (c) ORDER BY a',
    'SELECT r.a FROM {{raw}} r ASOF LEFT JOIN {{fx}} f ON f.t <= r.t',
    'SELECT r.a FROM {{fx}} f RIGHT JOIN {{raw}} r USING (c)',
    'WITH x AS (SELECT a + 1 AS a FROM {{raw}}) SELECT x.a FROM x LEFT JOIN {{fx}} f USING (c)',
    'SELECT s.a FROM (SELECT * FROM {{raw}}) s',
    // Other inputs may be grouped and filtered as one likes: they are the same for every batch.
    'WITH best AS (SELECT c, max(rate) AS rate FROM {{fx}} WHERE rate > 0 GROUP BY c HAVING count(*) > 1) SELECT r.a, b.rate FROM {{raw}} r LEFT JOIN best b USING (c)',
    'SELECT r.a, (SELECT max(f.rate) FROM {{fx}} f WHERE f.c = r.c) AS rate FROM {{raw}} r',
    'SELECT CASE WHEN a IN (SELECT a FROM {{fx}}) THEN 1 END AS b FROM {{raw}}',
    'SELECT list_sum([a, b]) AS c FROM {{raw}}',
  ])('%s', async (sql) => {
    expect(await findings(sql)).toEqual([]);
  });
});

describe('refused', () => {
  test.each([
    ['SELECT max(a) FROM {{raw}}', /aggregate max/],
    ['SELECT a, count(*) FROM {{raw}} GROUP BY a', /GROUP BY/],
    ['SELECT a FROM {{raw}} GROUP BY ALL', /GROUP BY/],
    ['SELECT DISTINCT a FROM {{raw}}', /DISTINCT/],
    ['SELECT DISTINCT ON (a) a FROM {{raw}} ORDER BY b', /DISTINCT/],
    ['SELECT a FROM {{raw}} ORDER BY a LIMIT 1', /LIMIT/],
    ['SELECT row_number() OVER (ORDER BY a) FROM {{raw}}', /window function row_number/],
    ['SELECT a FROM {{raw}} QUALIFY row_number() OVER (PARTITION BY k ORDER BY t DESC) = 1', /QUALIFY/],
    ['SELECT a FROM {{raw}} WHERE b', /WHERE/],
    ['SELECT r.a FROM {{raw}} r JOIN {{fx}} f USING (c)', /loses or adds rows/],
    ['SELECT r.a FROM {{raw}} r, {{fx}} f', /loses or adds rows/],
    ['SELECT r.a FROM {{raw}} r FULL JOIN {{fx}} f USING (c)', /loses or adds rows/],
    ['SELECT r.a FROM {{fx}} f LEFT JOIN {{raw}} r USING (c)', /loses or adds rows/],
    ['SELECT r.a FROM {{raw}} r SEMI JOIN {{fx}} f USING (c)', /loses or adds rows/],
    ['SELECT r.a FROM {{raw}} r ASOF JOIN {{fx}} f ON f.t <= r.t', /loses or adds rows/],
    ['SELECT r.a FROM {{raw}} r LEFT JOIN {{raw}} s USING (c)', /joined with itself/],
    ['SELECT a FROM {{raw}} UNION ALL SELECT a FROM {{raw}}', /UNION/],
    ['SELECT a FROM {{raw}} EXCEPT SELECT a FROM {{fx}}', /UNION/],
    ['SELECT unnest(l) FROM {{raw}}', /unnest/],
    ['SELECT u.u FROM {{raw}} r, unnest(r.l) u(u)', /loses or adds rows/],
    ['WITH x AS (SELECT DISTINCT a FROM {{raw}}) SELECT a FROM x', /DISTINCT/],
    ['WITH x AS (SELECT a FROM {{raw}}), y AS (SELECT max(a) AS a FROM x) SELECT a FROM y', /aggregate max/],
    ['SELECT s.a FROM (SELECT a FROM {{raw}} LIMIT 5) s', /LIMIT/],
    ['SELECT r.a, (SELECT max(s.a) FROM {{raw}} s) AS m FROM {{raw}} r', /again/],
    ['SELECT r.a FROM {{raw}} r LEFT JOIN (SELECT max(a) AS m FROM {{raw}}) m ON true', /joined with itself/],
    ['SELECT f.c FROM {{fx}} f', /does not select from \{\{raw\}\}/],
  ])('%s', async (sql, message) => {
    expect((await findings(sql)).join('\n')).toMatch(message);
  });
});
