import { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import type { ModelEvent } from './registry.ts';

const count = z.number().int().min(0);
const artifact = z.object({ path: z.string(), sha256: z.string() });
const at = z.string();

const made = z.object({
  madeBy: z.string(),
  format: z.string(),
  artifact,
  signature: z.array(
    z.object({ name: z.string(), kind: z.enum(['number', 'category']), labels: z.array(z.string()).optional() }),
  ),
  params: z.record(z.string(), z.unknown()),
  metrics: z.record(z.string(), z.number()),
  calibration: z.unknown(),
  threshold: z.number(),
  trainedFrom: z.record(z.string(), z.number().int().min(-1)),
  learnedFrom: z.object({ start: z.string(), end: z.string(), contentHash: z.string() }).optional(),
  sets: z.record(z.string(), artifact),
  evidence: z.record(z.string(), artifact),
});

const shape = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('registered'), at, version: count, made }),
  z.object({
    kind: z.literal('moved'),
    at,
    alias: z.enum(['champion', 'challenger']),
    from: count.nullable(),
    to: count.nullable(),
    who: z.string(),
    why: z.string(),
  }),
  z.object({ kind: z.literal('attached'), at, version: count, name: z.string(), file: artifact }),
]);

/** @throws bad_input for what could not be read again: JSON knows neither NaN nor infinity */
export function writeEvent(event: ModelEvent): string {
  const text = JSON.stringify(event);
  const result = shape.safeParse(JSON.parse(text));
  if (result.success) return text;
  throw new StrataError('bad_input', `The registry cannot keep this: ${z.prettifyError(result.error)}`, {
    hint: 'Numbers must be finite.',
  });
}

/** @throws corrupt with the place */
export function readEvent(text: string, where: string): ModelEvent {
  try {
    return shape.parse(JSON.parse(text)) as ModelEvent;
  } catch (cause) {
    throw new StrataError('corrupt', 'An event of the model registry cannot be read', {
      where,
      hint: 'Restore the file from a backup of the lake, or upgrade if a newer Strata wrote it.',
      cause,
    });
  }
}
