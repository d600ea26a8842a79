/** The type byte of a BSON element. */
export const BSON = {
  double: 1,
  string: 2,
  object: 3,
  array: 4,
  binData: 5,
  undefined: 6,
  objectId: 7,
  bool: 8,
  date: 9,
  null: 10,
  regex: 11,
  dbPointer: 12,
  javascript: 13,
  symbol: 14,
  javascriptWithScope: 15,
  int: 16,
  timestamp: 17,
  long: 18,
  decimal: 19,
  minKey: 255,
  maxKey: 127,
} as const;

const NAMES = new Map<number, string>(Object.entries(BSON).map(([name, type]) => [type, name]));

/** MongoDB's own name of a type, for messages and `$type`. */
export const typeName = (type: number): string => NAMES.get(type) ?? `type ${type}`;
