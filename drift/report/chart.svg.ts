import type { ColumnDrift, PlotCell } from '../drift.types.ts';
import { short } from '../plot-cells.ts';
import { escapeHtml } from './escape.ts';

const WIDTH = 340;
const HEIGHT = 132;
const FLOOR = 112;
const TOP = 6;
const percent = (share: number): string => `${(share * 100).toFixed(share < 0.1 ? 1 : 0)} %`;

/** The column's two distributions: the current one filled, the reference as a line on top of it. */
export function columnChart({ column, plot }: Pick<ColumnDrift, 'column' | 'plot'>): string {
  if (plot.length === 0) return '';
  const isNumeric = plot.every((cell) => cell.from !== undefined);
  return isNumeric ? histogram(column, plot) : bars(column, plot);
}

const tip = ({ label, reference, current }: PlotCell): string =>
  `<title>${escapeHtml(label)}: reference ${percent(reference)}, current ${percent(current)}</title>`;

function histogram(column: string, plot: readonly PlotCell[]): string {
  const highest = Math.max(...plot.flatMap((cell) => [cell.reference, cell.current]), 1e-9);
  const width = WIDTH / plot.length;
  const y = (share: number) => FLOOR - (share / highest) * (FLOOR - TOP);
  const at = (value: number) => value.toFixed(1);
  const filled = plot.map((cell, i) => {
    const top = y(cell.current);
    return `<rect x="${at(i * width + 0.5)}" y="${at(top)}" width="${at(width - 1)}" height="${at(FLOOR - top)}" rx="1" fill="var(--current)" opacity=".55">${tip(cell)}</rect>`;
  });
  const steps = plot.map((cell, i) => `L${at(i * width)} ${at(y(cell.reference))}H${at((i + 1) * width)}`).join('');
  const marks = [0, 0.5, 1].map((part) => {
    const value = part === 1 ? plot.at(-1)!.to! : plot[Math.floor(part * plot.length)]!.from!;
    const anchor = part === 0 ? 'start' : part === 1 ? 'end' : 'middle';
    return `<text x="${at(part * WIDTH)}" y="${HEIGHT - 4}" text-anchor="${anchor}">${short(value)}</text>`;
  });
  return svg(
    `Histogram of ${column}`,
    HEIGHT,
    `${filled.join('')}<path d="M0 ${FLOOR}${steps}V${FLOOR}" fill="none" stroke="var(--reference)" stroke-width="2" pointer-events="none"/><path d="M0 ${FLOOR}H${WIDTH}" stroke="var(--line)"/>${marks.join('')}`,
  );
}

const ROW = 19;
const NAMES = 118;
const SHARES = 44;

function bars(column: string, plot: readonly PlotCell[]): string {
  // The remainder of many values would make all others invisible: its bar may leave the scale.
  const named = plot.filter((cell) => !cell.isRest);
  const highest = Math.max(...named.flatMap((cell) => [cell.reference, cell.current]), 1e-9);
  const room = WIDTH - NAMES - SHARES;
  const rows = plot.map((cell, i) => {
    const y = i * ROW;
    const long = (share: number) => (Math.min(1, share / highest) * room).toFixed(1);
    const name = cell.label.length > 18 ? `${cell.label.slice(0, 17)}…` : cell.label;
    return `<g>${tip(cell)}<text x="${NAMES - 8}" y="${y + 12}" text-anchor="end">${escapeHtml(name || '(empty)')}</text><rect x="${NAMES}" y="${y + 3}" width="${long(cell.current)}" height="11" rx="2" fill="var(--current)" opacity=".55"/><path d="M${NAMES + Number(long(cell.reference))} ${y + 1}v15" stroke="var(--reference)" stroke-width="2.5"/><text x="${WIDTH}" y="${y + 12}" text-anchor="end">${percent(cell.current)}</text></g>`;
  });
  return svg(`Shares of ${column}`, plot.length * ROW + 2, rows.join(''));
}

const svg = (label: string, height: number, content: string): string =>
  `<svg viewBox="0 0 ${WIDTH} ${height}" role="img" aria-label="${escapeHtml(label)}">${content}</svg>`;

const SCALE = 120;

/** The effect with its confidence bounds, beside the line from which it matters. */
export function effectBar({ verdict, leastEffect }: Pick<ColumnDrift, 'verdict' | 'leastEffect'>): string {
  const most = 2.5 * leastEffect;
  const x = (effect: number) => (Math.min(effect / most, 1) * (SCALE - 4) + 2).toFixed(1);
  return `<svg viewBox="0 0 ${SCALE} 16" width="${SCALE}" style="width:${SCALE}px" role="img" aria-label="effect ${verdict.effect.toFixed(3)}"><path d="M2 8H${SCALE - 2}" stroke="var(--line)"/><path d="M${x(verdict.atLeast)} 8H${x(verdict.atMost)}" stroke="currentColor" stroke-width="4" opacity=".35" stroke-linecap="round"/><circle cx="${x(verdict.effect)}" cy="8" r="4" fill="currentColor"/><path d="M${x(leastEffect)} 1V15" stroke="var(--ink)" stroke-dasharray="2 2"/></svg>`;
}
