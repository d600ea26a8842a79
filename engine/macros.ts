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
  ...DOCUMENT_MACROS,
] as const;

export async function registerMacros(session: Session): Promise<void> {
  await session.run(MACROS.join(';\n'));
}
