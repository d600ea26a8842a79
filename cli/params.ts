import type { z } from 'zod';
import { StrataError } from '../core/errors.ts';
import type { Pipeline } from '../core/pipeline.ts';

/**
 * `--param key=value`, several times. A value is JSON where the parameter takes that (`true`, `3`, `["a"]`), else text;
 * whether the parameters exist and fit is checked with the rest of the input.
 * @throws bad_input for text that is not `key=value`
 */
export function readParams({ params }: Pipeline, given: readonly string[]): Record<string, unknown> {
  const shape: Record<string, z.ZodType | undefined> = params?.shape ?? {};
  return Object.fromEntries(
    given.map((text) => {
      const [, key, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
      if (key === undefined || value === undefined) {
        throw new StrataError('bad_input', `Not a parameter: ${text}`, { hint: 'Write --param name=value.' });
      }
      const json = parseJson(value);
      return [key, json !== undefined && shape[key]?.safeParse(json).success ? json : value];
    }),
  );
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
