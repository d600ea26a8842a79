import { join } from 'node:path';
import { expect, test } from 'vitest';
import { dataset, integer, key, pipeline, text, view } from '../../core/builders.ts';
import { checkDefinitions } from '../../quality/definition.ts';
import { useFolder, writeFiles } from './engine.fixture.ts';

const folder = useFolder();
let nth = 0;

const table = (name: string, columns: object) =>
  dataset({ name, description: 'A table.', inputs: {}, sql: `${name.split('.')[1]}.sql`, columns: { ...columns } });
const sale = table('gold.sale', {
  sale_id: key(text()).describe('Sale'),
  shop_key: integer().describe('Shop of the sale'),
});
const shop = table('gold.shop', {
  shop_key: key(integer()).describe('Shop'),
  city: text(),
  name: text().describe('Name'),
});
const hidden = table('silver.hidden', { hidden_id: key(text()).describe('Hidden') });
const files = {
  'sale.sql': "SELECT 'a' AS sale_id, 1::INTEGER AS shop_key",
  'shop.sql': "SELECT 1::INTEGER AS shop_key, 'Paris' AS city, 'Shop' AS name",
  'hidden.sql': "SELECT 'h' AS hidden_id",
};

const SQL = 'SELECT s.sale_id, p.name AS shop_name\nFROM {{sale}} AS s\nJOIN {{shop}} AS p ON p.shop_key = s.shop_key';
const FLAT = {
  name: 'sale_flat',
  description: 'Sales.',
  tables: [sale, shop],
  sql: 'v.sql',
  describe: { shop_name: 'Shop' },
};

async function problems(sql: string, change: object = {}, publish: object | undefined = { to: 'analytics' }) {
  const sqlRoot = join(folder, String(nth++));
  writeFiles(sqlRoot, { ...files, 'v.sql': sql });
  const shopping = pipeline({
    name: 'nightly',
    description: 'd',
    start: '2026-11-01',
    interval: 'day',
    datasets: [sale, shop, hidden],
    views: [view({ ...FLAT, ...change })],
    ...(publish && { publish: publish as { to: string } }),
  });
  const project = { name: 'p', sqlFolder: 'sql', pipelines: [shopping] };
  return (await checkDefinitions(project, { sqlRoot })).problems.map(({ where, message }) => `${where}: ${message}`);
}

test('a view that fits its tables has no problems', async () => {
  expect(await problems(SQL)).toEqual([]);
});

test.each([
  ['an unknown column', SQL.replace('p.name', 'p.nam'), {}, /^sql\/v.sql:1.*nam/],
  ['a table that is not listed', `${SQL} JOIN {{hidden}} ON true`, {}, /^sql\/v.sql:3.*{{hidden}} is not an input/],
  ['a table past the placeholders', 'SELECT sale_id FROM sale', {}, /sale is read but is not an input/],
  ['a listed table that it does not read', 'SELECT sale_id FROM {{sale}}', { describe: {} }, /lists shop/],
  ['two statements', 'SELECT 1; SELECT 2', {}, /2 statements/],
  [
    'a column that nobody describes',
    SQL.replace('p.name AS shop_name', 'p.name AS shop_name, p.city'),
    {},
    /gives city/,
  ],
  ['a description of nothing', SQL, { describe: { shop_name: 'Shop', town: 'Town' } }, /describes town/],
  [
    'a table that is not published',
    SQL,
    { tables: [sale, shop, hidden] },
    /reads silver.hidden, which nightly does not publish/,
  ],
  ['the name of a table', SQL, { name: 'shop' }, /has the name of gold.shop/],
  ['a missing file', SQL, { sql: 'none.sql' }, /^sql\/none.sql.*cannot be read/],
])('%s is a problem', async (_, sql, change, message) => {
  expect(await problems(sql, change)).toEqual([expect.stringMatching(message)]);
});

test('a pipeline that publishes nothing has no views; names are plain words', async () => {
  const publishNothing = null as unknown as object;
  expect(await problems(SQL, {}, publishNothing)).toEqual([expect.stringContaining('nightly publishes nothing')]);
  expect(() => view({ ...FLAT, name: 'gold.flat' })).toThrow(/lower_snake_case/);
});
