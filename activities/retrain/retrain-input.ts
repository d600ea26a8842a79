import { z } from 'zod';
import { StrataError } from '../../core/errors.ts';
import { type Instant, instant, shift } from '../../core/instant.ts';
import { type Interval, intervalOf, partitionAt } from '../../core/interval.ts';
import type { Project } from '../../core/project.ts';
import type { Retraining } from '../../core/retraining.ts';
import { suggestion } from '../../core/suggest.ts';
import type { ModelVersion } from '../../ml/registry.ts';
import type { ResolvedRetraining } from './retrain.types.ts';

const DAY_MILLIS = 86_400_000;

const shape = z.strictObject({
  /** May be left out where the project has one only. */
  model: z.string().optional(),
  /** The first day that is not looked at; default: today. */
  asOf: z.string().optional(),
  /** Train although nothing drifted. */
  force: z.boolean().default(false),
});

export interface CheckedRetraining {
  readonly retraining: Retraining;
  readonly asOf: Instant;
  readonly force: boolean;
}

/** @throws bad_input that says what is valid */
export function checkRetraining(project: Project, input: unknown, now: Instant): CheckedRetraining {
  const parsed = shape.safeParse(input ?? {});
  if (!parsed.success) {
    throw new StrataError('bad_input', `The input cannot be used: ${z.prettifyError(parsed.error)}`, {
      hint: 'An example: {"model":"payment_fraud","asOf":"2026-11-20","force":true}; all of it may be left out.',
    });
  }
  const { model, asOf, force } = parsed.data;
  const today = intervalOf(partitionAt(now, 'day'), 'day').start;
  const at = asOf === undefined ? today : instant(asOf);
  if (at !== intervalOf(partitionAt(at, 'day'), 'day').start || at > today) {
    throw new StrataError('bad_input', `asOf is ${asOf}; it is a day, and not after today`, {
      hint: `Today is ${today.slice(0, 10)}.`,
    });
  }
  return { retraining: retrainingNamed(project, model), asOf: at, force };
}

/** @throws bad_input that says which models there are */
export function retrainingNamed({ retrainings = [] }: Project, model: string | undefined): Retraining {
  const names = retrainings.map((r) => r.model);
  const [only] = retrainings;
  if (model === undefined && only && retrainings.length === 1) return only;
  const found = retrainings.find((r) => r.model === model);
  if (found) return found;
  if (names.length === 0) throw new StrataError('bad_input', 'This project has no model that is retrained');
  throw new StrataError('bad_input', model === undefined ? 'model is missing' : `There is no model ${model}`, {
    hint: suggestion(model ?? '', names),
  });
}

/** @throws bad_input when the champion learned from rows that it would be judged on, which flatters it */
export function refuseSeenTest({ version, learnedFrom }: ModelVersion, test: Interval): void {
  if (learnedFrom === undefined || learnedFrom.end <= test.start) return;
  throw new StrataError(
    'bad_input',
    `The champion, version ${version}, learned from rows up to ${learnedFrom.end.slice(0, 10)}; the test set would begin on ${test.start.slice(0, 10)}`,
    { hint: 'Ask for a later day (asOf): both are judged on rows that neither has seen.' },
  );
}

/** Windows in days, counted back from `asOf`; none overlaps `train`, `validation` or `test`. */
export function windowsOf({ days }: Retraining, asOf: Instant): ResolvedRetraining['windows'] {
  const before = (count: number): Instant => shift(asOf, -count * DAY_MILLIS);
  const span = (length: number, end: number): Interval => ({ start: before(end + length), end: before(end) });
  const { delay, test, validation, train, current } = days;
  return {
    test: span(test, delay),
    validation: span(validation, delay + test),
    train: span(train, delay + test + validation),
    current: span(current, 0),
  };
}
