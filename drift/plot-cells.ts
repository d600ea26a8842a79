import type { Session } from '../engine/session.ts';
import { doubleLiteral } from './double-literal.ts';
import type { PlotCell } from './drift.types.ts';
import type { NumericDistances } from './numeric-distances.ts';
import { VALUES } from './values-table.ts';

const BINS = 32;
const MOST_BARS = 12;
/** Positive values whose ends differ by such a factor are drawn on a logarithmic axis; shares near zero are not. */
const LOGARITHMIC = { from: 200, to: 1e6 };

/** Ranges of numbers for a histogram; what lies outside `span` is in the first and the last. */
export async function numericPlot(
  session: Session,
  n: number,
  m: number,
  { from, to: last }: Pick<NumericDistances, 'from' | 'to'>,
  whole: boolean,
): Promise<PlotCell[]> {
  if (!(last > from)) return barPlot(session, n, m);
  const to = whole ? last + 1 : last;
  const logarithmic = from > 0 && to / from > LOGARITHMIC.from && to / from < LOGARITHMIC.to;
  // Whole numbers in bins narrower than one would be drawn with gaps.
  const bins = whole ? Math.min(BINS, to - from) : BINS;
  const scale = logarithmic ? 'ln(greatest(v, 1e-300))' : 'v';
  const [low, high] = logarithmic ? [Math.log(from), Math.log(to)] : [from, to];
  const rows = await session.rows<{ bin: number; r: number; c: number }>(`
    SELECT bin::INTEGER AS bin, sum(r) / ${n}::DOUBLE AS r, sum(c) / ${m}::DOUBLE AS c
    FROM (SELECT r, c, greatest(0, least(${bins - 1}, floor((${scale} - ${doubleLiteral(low)}) / ${doubleLiteral(high - low)} * ${bins}))) AS bin
          FROM ${VALUES} WHERE v IS NOT NULL)
    GROUP BY bin ORDER BY bin`);
  const byBin = new Map(rows.map((row) => [row.bin, row]));
  const edge = (i: number) => {
    const at = low + ((high - low) * i) / bins;
    return logarithmic ? Math.exp(at) : at;
  };
  return Array.from({ length: bins }, (_, i) => ({
    label: `${short(edge(i))} to ${short(edge(i + 1))}`,
    from: edge(i),
    to: edge(i + 1),
    reference: byBin.get(i)?.r ?? 0,
    current: byBin.get(i)?.c ?? 0,
  }));
}

/** The most frequent values, and all others as one. */
export async function barPlot(session: Session, n: number, m: number): Promise<PlotCell[]> {
  const rows = await session.rows<{ label: string; r: number; c: number }>(`
    SELECT v::VARCHAR AS label, r / ${n}::DOUBLE AS r, c / ${m}::DOUBLE AS c FROM ${VALUES} WHERE v IS NOT NULL
    ORDER BY r / ${n}::DOUBLE + c / ${m}::DOUBLE DESC, label LIMIT ${MOST_BARS}`);
  const cells = rows.map(({ label, r, c }): PlotCell => ({ label, reference: r, current: c }));
  const rest = (side: 'reference' | 'current') => 1 - cells.reduce((sum, cell) => sum + cell[side], 0);
  const others = await session.value<bigint>(`SELECT count(*) FROM ${VALUES} WHERE v IS NOT NULL`);
  const count = Number(others) - cells.length;
  return count > 0
    ? [...cells, { label: `${count} others`, reference: rest('reference'), current: rest('current'), isRest: true }]
    : cells;
}

/** Numbers as a person reads them on an axis. */
export function short(value: number): string {
  if (value === 0) return '0';
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(1).replace('e+', 'e');
  return String(Number(value.toPrecision(size >= 1000 ? 4 : 3)));
}
