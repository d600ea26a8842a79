import { afterAll, beforeAll } from 'vitest';
import type { Sample } from '../../drift/drift.types.ts';
import { openSession, type Session } from '../../engine/session.ts';

/** The generator that the golden values were made with: a linear congruence, the same in any language. */
function* uniform(seed: number): Generator<number, never> {
  let state = BigInt(seed);
  for (;;) {
    state = (1103515245n * state + 12345n) % 2147483648n;
    yield Number(state) / 2147483648;
  }
}

export interface GoldenRow {
  readonly amt: number;
  readonly cnt: number;
  readonly few: number;
  readonly cat: string;
  readonly bin: boolean;
}

export function goldenRows(seed: number, rows: number, shift: number, p: number): GoldenRow[] {
  const [us, vs, ws] = [uniform(seed), uniform(seed + 1), uniform(seed + 2)];
  return Array.from({ length: rows }, () => {
    const [u, v, w] = [us.next().value, vs.next().value, ws.next().value];
    return {
      amt: 100 * u * u + shift,
      cnt: Math.floor(12 * v),
      few: Math.floor(4 * w),
      cat: w < p ? 'a' : w < 0.8 ? 'b' : 'c',
      bin: v < p,
    };
  });
}

type Cell = number | string | boolean | null;
let tables = 0;

/** Rows as a table of the session. `types`: column -> SQL type, in the order of the rows' values. */
export async function sampleOf(
  session: Session,
  types: Readonly<Record<string, string>>,
  rows: readonly (readonly Cell[])[],
): Promise<Sample> {
  const name = `sample_${tables++}`;
  const columns = Object.entries(types).map(([column, type]) => `${column} ${type}`);
  await session.run(`CREATE TABLE ${name} (${columns.join(', ')})`);
  const text = (cell: Cell) => (cell === null ? 'NULL' : `'${String(cell)}'`);
  for (let i = 0; i < rows.length; i += 1000) {
    const values = rows.slice(i, i + 1000).map((row) => `(${row.map(text).join(', ')})`);
    await session.run(`INSERT INTO ${name} VALUES ${values.join(', ')}`);
  }
  return { relation: name, label: name };
}

/** A session for the tests of a block. */
export function useSession(): { readonly session: Session } {
  const held: { session?: Session } = {};
  beforeAll(async () => {
    held.session = await openSession({ memoryLimit: '512MB', threads: 2 });
  });
  afterAll(async () => {
    await held.session?.close();
  });
  return held as { session: Session };
}
