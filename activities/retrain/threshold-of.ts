import type { Retraining } from '../../core/retraining.ts';
import type { Session } from '../../engine/session.ts';
import { ident } from '../../engine/sql-text.ts';
import type { ThresholdRule } from '../../ml/threshold.ts';

/** A retraining's rule for the rows of its validation set. */
export async function thresholdRule(
  session: Session,
  relation: string,
  { threshold, days }: Retraining,
): Promise<ThresholdRule> {
  switch (threshold.by) {
    case 'precision':
      return threshold;
    case 'alerts':
      return { by: 'alerts', budget: threshold.perDay * days.validation };
    case 'cost': {
      const { alertCost, amount } = threshold;
      // An amount that nobody knows is not lost.
      const rows = await session.rows<{ a: number }>(
        `SELECT coalesce(${ident(amount)}, 0)::DOUBLE AS a FROM ${relation}`,
      );
      return { by: 'cost', alertCost, amounts: rows.map(({ a }) => a) };
    }
  }
}
