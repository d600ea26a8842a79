import type { z } from 'zod';

/** What zod keeps of a schema or of one of its checks; only the parts that can become SQL are named. */
export interface Definition {
  /** Of a schema: `string`, `number`, `enum` ... */
  readonly type?: string;
  /** Of a check: `min_length`, `greater_than`, `string_format` ... Formats such as z.email() are both. */
  readonly check?: string;
  readonly format?: string;
  readonly pattern?: RegExp;
  readonly entries?: Readonly<Record<string, string | number>>;
  readonly values?: readonly unknown[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly length?: number;
  readonly value?: number | bigint;
  readonly inclusive?: boolean;
  readonly prefix?: string;
  readonly suffix?: string;
  readonly includes?: string;
  readonly position?: number;
  readonly hostname?: RegExp;
  readonly protocol?: RegExp;
  readonly normalize?: boolean;
  readonly coerce?: boolean;
  readonly fn?: unknown;
  readonly checks?: readonly { readonly _zod: { readonly def: Definition } }[];
}

export const definitionOf = (schema: z.ZodType): Definition => schema._zod.def as unknown as Definition;

/** The schema's own format, where it has one, and then its checks, in the order in which zod runs them. */
export function checksOf(schema: z.ZodType): Definition[] {
  const own = definitionOf(schema);
  const added = (own.checks ?? []).map((check) => check._zod.def);
  return own.check === undefined ? added : [own, ...added];
}
