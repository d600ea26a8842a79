import { createHash } from 'node:crypto';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { useSession } from './engine.fixture.ts';

const used = useSession();

test('surrogate_key is the first 63 bits of the md5 of the text', async () => {
  await fc.assert(
    fc.asyncProperty(fc.string({ unit: 'grapheme' }), async (text) => {
      const digest = createHash('md5').update(text).digest();
      const key = await used.session.value('SELECT surrogate_key($1)', [text]);
      expect(key).toBe(digest.readBigUInt64BE(0) >> 1n);
    }),
    { numRuns: 200 },
  );
  expect(await used.session.columns("SELECT surrogate_key('x') AS k")).toEqual([{ name: 'k', type: 'BIGINT' }]);
  expect(await used.session.value('SELECT surrogate_key(NULL)')).toBeNull();
});

/** Half away from zero, on integers only. */
function roundHalfUp(unscaled: bigint, from: number, to: number): bigint {
  const factor = 10n ** BigInt(from - to);
  const magnitude = unscaled < 0n ? -unscaled : unscaled;
  const rounded = (magnitude * 2n + factor) / (factor * 2n);
  return unscaled < 0n ? -rounded : rounded;
}

test('round() and casts of decimals are exact half-up, so that no macro of our own is needed', async () => {
  const cases = fc.tuple(fc.bigInt(-(10n ** 17n), 10n ** 17n), fc.integer({ min: 0, max: 3 }));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(cases, fc.constantFrom<[bigint, number]>([5n, 2], [-5n, 2], [2675n, 2], [-25n, 1])),
      async ([n, to]) => {
        const decimal = `(${n}::DECIMAL(38,0) * 0.0001::DECIMAL(5,4))::DECIMAL(30,4)`;
        const [row] = await used.session.rows(
          `SELECT round(${decimal}, ${to}) AS rounded, ${decimal}::DECIMAL(30,${to}) AS cast_to`,
        );
        const digits = (text: unknown) => BigInt(String(text).replace('.', ''));
        expect(digits(row!.rounded)).toBe(roundHalfUp(n, 4, to));
        expect(digits(row!.cast_to)).toBe(roundHalfUp(n, 4, to));
      },
    ),
    { numRuns: 300 },
  );
});

test('rounded_quotient is exact, half up', async () => {
  const cases = fc.tuple(fc.bigInt(0n, 10n ** 30n - 1n), fc.bigInt(1n, 10n ** 8n));
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(cases, fc.constantFrom<[bigint, bigint]>([1n, 2n], [5n, 10n], [4n, 10n])),
      async ([n, d]) => {
        const quotient = await used.session.value(`SELECT rounded_quotient(${n}::DECIMAL(38,0), ${d})`);
        expect(quotient).toBe(String((n + (d - 1n) / 2n + (d % 2n === 0n ? 1n : 0n)) / d));
      },
    ),
    { numRuns: 200 },
  );
  expect(await used.session.value('SELECT rounded_quotient(NULL, 3)')).toBeNull();
});
