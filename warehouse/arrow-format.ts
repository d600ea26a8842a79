import {
  Bool,
  type DataType,
  DateDay,
  Decimal,
  Float64,
  Int32,
  Int64,
  makeData,
  makeVector,
  Table,
  TimestampMicrosecond,
  tableToIPC,
  Utf8,
  type Vector,
  vectorFromArray,
} from 'apache-arrow';
import { instant, microsOf } from '../core/instant.ts';
import type { Cell, QueryResult } from './warehouse.ts';

interface ArrowColumn {
  readonly type: DataType;
  readonly toArrow: (value: NonNullable<Cell>) => unknown;
}

const asText: ArrowColumn = {
  type: new Utf8(),
  toArrow: (value) => (typeof value === 'object' ? JSON.stringify(value) : String(value)),
};

const COLUMNS: Readonly<Record<string, ArrowColumn>> = {
  BOOLEAN: { type: new Bool(), toArrow: Boolean },
  INTEGER: { type: new Int32(), toArrow: Number },
  BIGINT: { type: new Int64(), toArrow: (value) => BigInt(String(value)) },
  DOUBLE: { type: new Float64(), toArrow: Number },
  DATE: { type: new DateDay(), toArrow: (value) => new Date(`${value}T00:00:00Z`) },
};

/** The result as an Arrow IPC stream: decimals, times and whole numbers keep their types; what Arrow has no type for is text. */
export function formatArrow({ columns, rows }: QueryResult): Uint8Array {
  const vectors: Record<string, Vector> = {};
  for (const [index, { name, type }] of columns.entries()) {
    const cells = rows.map((row) => row[index] ?? null);
    vectors[name] = type === 'TIMESTAMP WITH TIME ZONE' ? timestamps(cells) : vectorOf(cells, arrowColumn(type));
  }
  return tableToIPC(new Table(vectors), 'stream');
}

function vectorOf(cells: readonly Cell[], { type, toArrow }: ArrowColumn): Vector {
  return vectorFromArray(
    cells.map((cell) => (cell === null ? null : toArrow(cell))),
    type,
  );
}

/** Arrow's builder takes milliseconds and would lose the microseconds: the buffers are filled here. */
function timestamps(cells: readonly Cell[]): Vector {
  const values = BigInt64Array.from(cells, (cell) => (cell === null ? 0n : microsOf(instant(String(cell)))));
  const nullBitmap = new Uint8Array(Math.ceil(cells.length / 8));
  for (const [i, cell] of cells.entries()) if (cell !== null) nullBitmap[i >> 3]! |= 1 << (i & 7);
  const nullCount = cells.filter((cell) => cell === null).length;
  return makeVector(
    makeData({ type: new TimestampMicrosecond('UTC'), length: cells.length, nullCount, nullBitmap, data: values }),
  );
}

function arrowColumn(type: string): ArrowColumn {
  const [, precision, scale] = /^DECIMAL\((\d+),(\d+)\)$/.exec(type) ?? [];
  if (precision === undefined || scale === undefined) return COLUMNS[type] ?? asText;
  return {
    type: new Decimal(Number(scale), Number(precision), 128),
    toArrow: (value) => decimalWords(BigInt(String(value).replace('.', ''))),
  };
}

/** 128 bits in two's complement, lowest word first: how Arrow stores a decimal. */
function decimalWords(unscaled: bigint): Uint32Array {
  const bits = BigInt.asUintN(128, unscaled);
  return Uint32Array.from({ length: 4 }, (_, word) => Number((bits >> BigInt(32 * word)) & 0xffff_ffffn));
}
