import { describe, expect, it } from 'vitest';
import { detectDrift } from '../../drift/detect-drift.ts';
import type { ColumnDrift } from '../../drift/drift.types.ts';
import { type GoldenRow, goldenRows, sampleOf, useSession } from './samples.fixture.ts';

const TYPES = { amt: 'DOUBLE', cnt: 'INTEGER', few: 'INTEGER', cat: 'VARCHAR', bin: 'BOOLEAN' };
const cells = (row: GoldenRow) => [row.amt, row.cnt, row.few, row.cat, row.bin];

// Computed by Evidently 0.7.23 with scipy and numpy on the same rows.
describe("Evidently's values", () => {
  const held = useSession();

  async function compare(rows: number): Promise<Record<string, ColumnDrift>> {
    const { session } = held;
    const reference = await sampleOf(session, TYPES, goldenRows(42, rows, 0, 0.3).map(cells));
    const current = await sampleOf(session, TYPES, goldenRows(4242, rows / 2, 4, 0.36).map(cells));
    const columns = Object.keys(TYPES).map((name) => ({ name }));
    const result = await detectDrift(session, { reference, current, columns });
    return Object.fromEntries(result.columns.map((column) => [column.column, column]));
  }

  it('are the same above 1000 rows, where distances decide', async () => {
    const { amt, cnt, few, cat } = await compare(3000);
    expect(amt!.byDefault).toEqual({
      test: 'wasserstein',
      score: expect.closeTo(0.12027851901601601, 12),
      threshold: 0.1,
      drifted: true,
    });
    expect(amt!.measures).toMatchObject({
      psi: expect.closeTo(0.051046591804051876, 12),
      kullbackLeibler: expect.closeTo(0.025224076033457055, 12),
      jensenShannon: expect.closeTo(0.07967274323583283, 12),
    });
    expect(cat!.byDefault).toMatchObject({
      test: 'jensen_shannon',
      score: expect.closeTo(0.028456307283254045, 12),
      drifted: false,
    });
    expect([cnt!.byDefault!.test, few!.byDefault!.test]).toEqual(['wasserstein', 'jensen_shannon']);
  });

  it('are the same up to 1000 rows, where p-values decide', async () => {
    const { amt, cnt, few, cat, bin } = await compare(800);
    const golden = {
      amt: ['ks', 9.125119594766041e-10, true],
      cnt: ['ks', 0.716024694695621, false],
      few: ['chi_squared', 0.09565071585709829, false],
      cat: ['chi_squared', 0.20580546240578265, false],
      bin: ['z', 0.19784515094370247, false],
    } as const;
    const columns = { amt, cnt, few, cat, bin };
    for (const [name, [test, p, drifted]] of Object.entries(golden)) {
      const { byDefault } = columns[name as keyof typeof golden]!;
      expect({ ...byDefault, score: byDefault!.score / p }, name).toEqual({
        test,
        score: expect.closeTo(1, 10),
        threshold: 0.05,
        drifted,
      });
    }
  });
});
