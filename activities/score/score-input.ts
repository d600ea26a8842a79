import { z } from 'zod';
import { StrataError } from '../../core/errors.ts';

const shape = z.strictObject({
  /** May be left out where the project has one only. */
  model: z.string().optional(),
});

/** @throws bad_input that says what is valid */
export function checkScoring(input: unknown): z.output<typeof shape> {
  const parsed = shape.safeParse(input ?? {});
  if (parsed.success) return parsed.data;
  throw new StrataError('bad_input', `The input cannot be used: ${z.prettifyError(parsed.error)}`, {
    hint: 'An example: {"model":"payment_fraud"}; it may be left out.',
  });
}
