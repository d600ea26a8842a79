import { tableFromIPC } from 'apache-arrow';
import { expect, test } from 'vitest';
import { formatArrow } from '../../warehouse/arrow-format.ts';

test('a result as Arrow keeps types and values, nulls and negative decimals', () => {
  const bytes = formatArrow({
    columns: [
      { name: 'day', type: 'DATE' },
      { name: 'at', type: 'TIMESTAMP WITH TIME ZONE' },
      { name: 'amount', type: 'DECIMAL(18,2)' },
      { name: 'n', type: 'BIGINT' },
      { name: 'name', type: 'VARCHAR' },
      { name: 'ok', type: 'BOOLEAN' },
      { name: 'list', type: 'INTEGER[]' },
    ],
    rows: [
      [
        '2026-11-01',
        '2026-11-01T23:59:59.999999Z',
        '-12345678901234.05',
        '9007199254740993',
        'Zoë "q"\n',
        true,
        [1, 2],
      ],
      [null, null, null, null, null, null, null],
    ],
    truncated: false,
  });
  const table = tableFromIPC(bytes);
  expect(table.schema.fields.map((f) => String(f.type))).toEqual([
    'Date32<DAY>',
    'Timestamp<MICROSECOND, UTC>',
    'Decimal[18e+2]',
    'Int64',
    'Utf8',
    'Bool',
    'Utf8',
  ]);
  const words = [...(table.getChild('amount')!.get(0) as Uint32Array)].map(BigInt);
  const unscaled = BigInt.asIntN(
    128,
    words.reduce((sum, word, i) => sum | (word << BigInt(32 * i)), 0n),
  );
  expect(unscaled).toBe(-1_234_567_890_123_405n);
  expect(new Date(table.getChild('day')!.get(0)).toISOString().slice(0, 10)).toBe('2026-11-01');
  expect(table.getChild('at')!.data[0]!.values[0]).toBe(1_793_577_599_999_999n);
  expect(table.getChild('n')!.get(0)).toBe(9_007_199_254_740_993n);
  expect([table.getChild('name')!.get(0), table.getChild('ok')!.get(0), table.getChild('list')!.get(0)]).toEqual([
    'Zoë "q"\n',
    true,
    '[1,2]',
  ]);
  for (const child of table.schema.fields) expect(table.getChild(child.name)!.get(1)).toBeNull();
});
