import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { fullRun } from '../full-run.ts';
import { MINUTES } from '../patience.ts';
import { bring, customerArbitrary, dimensionOf, factsOf, openShop, paymentArbitrary, sorted } from './company.ts';
import { type CustomerSeen, dimension, facts, type PaymentSeen } from './history.oracle.ts';

/** An observation of either table, the place in which it is brought, and whether a run follows it. */
interface Brought {
  readonly customer?: CustomerSeen;
  readonly payment?: PaymentSeen;
  readonly place: number;
  readonly cut: boolean;
}

const observations = fc
  .tuple(
    fc.array(fc.tuple(customerArbitrary, fc.nat(), fc.integer({ min: 0, max: 6 })), { minLength: 4, maxLength: 24 }),
    fc.array(fc.tuple(paymentArbitrary, fc.nat(), fc.integer({ min: 0, max: 6 })), { maxLength: 12 }),
  )
  .map(([customers, payments]): Brought[] => [
    ...customers.map(([row, place, cut], position) => ({ customer: { ...row, position }, place, cut: cut === 0 })),
    ...payments.map(([row, place, cut], position) => ({
      payment: { ...row, position, updatedAt: row.paidAt + position },
      place,
      cut: cut === 0,
    })),
  ]);

test('any order of the same observations, cut into any runs, gives the table of the definition, its facts and no work left', {
  timeout: 10 * MINUTES,
}, async () => {
  await fc.assert(
    fc.asyncProperty(observations, async (brought) => {
      const folder = await mkdtemp(join(tmpdir(), 'strata-history-'));
      const runner = await openShop(folder);
      try {
        let run: Brought[] = [];
        const flush = async () => {
          await bring(
            runner,
            run.flatMap((b) => b.customer ?? []),
            run.flatMap((b) => b.payment ?? []),
          );
          await runner.converge();
          run = [];
        };
        for (const one of [...brought].sort((a, b) => a.place - b.place)) {
          run.push(one);
          if (one.cut) await flush();
        }
        await flush();
        const customers = brought.flatMap((b) => b.customer ?? []);
        const payments = brought.flatMap((b) => b.payment ?? []);
        const expected = dimension(customers, payments);
        expect(sorted(await dimensionOf(runner))).toEqual(sorted(expected));
        expect(sorted(await factsOf(runner))).toEqual(sorted(facts(expected, payments)));
        expect(await runner.problems()).toEqual([]);
      } finally {
        await runner.close();
        await rm(folder, { recursive: true, force: true });
      }
    }),
    { numRuns: fullRun ? 150 : 8 },
  );
});
