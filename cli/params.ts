import { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';
import { suggestion } from '../core/suggest.ts';

/**
 * `--param key=value`, several times, as the pipeline's parameters. A value is JSON where the parameter takes that
 * (`true`, `3`, `["a"]`), else text.
 * @throws bad_input naming what is valid
 */
export function readParams(pipeline: Pipeline, given: readonly string[]): Record<string, unknown> {
  const schema = pipeline.params ?? z.object({});
  const shape = schema.shape as Record<string, z.ZodType>;
  const valid = Object.keys(shape);
  const values: Record<string, unknown> = {};
  for (const text of given) {
    const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (key === undefined || value === undefined) {
      throw new StrataError('bad_input', `Not a parameter: ${text}`, { hint: 'Write --param name=value.' });
    }
    const type = shape[key];
    if (!type) {
      const hint = valid.length > 0 ? suggestion(key, valid) : `${pipeline.name} takes no parameters.`;
      throw new StrataError('bad_input', `Unknown parameter: ${key}`, { hint });
    }
    const json = parseJson(value);
    values[key] = json !== undefined && type.safeParse(json).success ? json : value;
  }
  const parsed = schema.strict().safeParse(values);
  if (parsed.success) return values;
  const issues = parsed.error.issues.map(({ path, message }) => `  ${path.join('.')}: ${message}`);
  throw new StrataError('bad_input', `Wrong parameters of ${pipeline.name}:\n${issues.join('\n')}`, {
    hint: `Its parameters: ${valid.join(', ')}.`,
  });
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
