import { DOCUMENT_MACROS } from './document-macros.ts';
import type { Session } from './session.ts';

/** Functions that model SQL may use, the same in every session and in `strata check`. */
const MACROS = [
  /**
   * surrogate_key(natural key as text) -> BIGINT, 0 or more: the first 63 bits of the text's md5, so that any engine
   * that knows md5 gives the same key, and -1 and -2 stay free for the unknown and the not-applicable member.
   */
  `CREATE OR REPLACE MACRO surrogate_key(natural_key) AS
     (('0x' || substr(md5(natural_key), 1, 16))::UBIGINT >> 1)::BIGINT`,
  /**
   * rounded_quotient(numerator, denominator) -> DECIMAL(30,0): of numbers whose value is whole, not negative, and a denominator
   * above 0, rounded half up. `/` of decimals is a DOUBLE, which knows no exact half. For cents: multiply the numerator first.
   */
  `CREATE OR REPLACE MACRO rounded_quotient(numerator, denominator) AS
     ((2 * numerator::HUGEINT + denominator::HUGEINT) // (2 * denominator::HUGEINT))::DECIMAL(30, 0)`,
  ...DOCUMENT_MACROS,
] as const;

export async function registerMacros(session: Session): Promise<void> {
  await session.run(MACROS.join(';\n'));
}
