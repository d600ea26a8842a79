/** A number as SQL, with an exponent: without one DuckDB reads a DECIMAL, which loses digits or does not hold it at all. */
export const doubleLiteral = (value: number): string => (/e/.test(String(value)) ? String(value) : `${value}e0`);
