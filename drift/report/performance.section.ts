import { METRICS, type Metric, type Performance, type PerformanceEstimate } from '../performance.types.ts';
import { short } from '../plot-cells.ts';
import { escapeHtml } from './escape.ts';

const NAMES: Readonly<Record<Metric, string>> = {
  averagePrecision: 'Average precision',
  rocAuc: 'ROC AUC',
  precision: 'Precision',
  recall: 'Recall',
};

const WIDTH = 340;
const TOP = 8;
const FLOOR = 104;
const HEIGHT = 124;

/** Performance by period, as a section of the report: estimated, and realized where labels have come. */
export function performanceSection(estimate: PerformanceEstimate, realized: readonly Performance[]): string {
  const periods = [...new Set([...estimate.periods, ...realized].map(({ period }) => period))].sort();
  const cards = METRICS.map((metric) => card(metric, periods, estimate, realized));
  return `<h2>Performance</h2>
<p class="soft">Estimated from the scores before labels come (dots), as labels say later (line). The band is the mean of the reference and three deviations. Precision and recall are at the threshold.</p>
<div class="cards">${cards.join('\n')}</div>`;
}

interface Point {
  readonly x: number;
  readonly value: number;
  readonly period: string;
  readonly alert: boolean;
}

function card(
  metric: Metric,
  periods: readonly string[],
  estimate: PerformanceEstimate,
  realized: readonly Performance[],
): string {
  const x = (i: number) => (periods.length === 1 ? WIDTH / 2 : 8 + (i * (WIDTH - 16)) / (periods.length - 1));
  const estimated = periods.flatMap((period, i): Point[] => {
    const one = estimate.periods.find((p) => p.period === period);
    const value = one?.estimated[metric];
    return value === undefined ? [] : [{ x: x(i), value, period, alert: one!.alerts.includes(metric) }];
  });
  const known = periods.flatMap((period, i): Point[] => {
    const value = realized.find((p) => p.period === period)?.[metric];
    return value === undefined ? [] : [{ x: x(i), value, period, alert: false }];
  });
  const alerts = estimated.filter(({ alert }) => alert).length;
  const says = alerts > 0 ? 'drift' : 'no_drift';
  return `<article class="card"><header><h3>${NAMES[metric]}</h3><span class="says ${says}">${alerts > 0 ? `${alerts} ${alerts === 1 ? 'alert' : 'alerts'}` : 'in the band'}</span></header>
${chart(metric, periods, estimated, known, estimate.bands[metric])}</article>`;
}

function chart(
  metric: Metric,
  periods: readonly string[],
  estimated: readonly Point[],
  known: readonly Point[],
  band: { readonly low: number; readonly high: number } | undefined,
): string {
  const values = [...estimated, ...known].map(({ value }) => value).concat(band ? [band.low, band.high] : []);
  if (values.length === 0) return '<p class="soft">Nothing to show: no labels, and nothing flagged.</p>';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(high - low, 1e-6);
  const y = (value: number) => (FLOOR - ((value - low) / room) * (FLOOR - TOP)).toFixed(1);
  const shade = band
    ? `<rect x="0" y="${y(band.high)}" width="${WIDTH}" height="${(Number(y(band.low)) - Number(y(band.high))).toFixed(1)}" fill="var(--wash)"/>`
    : '';
  const line = known.map((p, i) => `${i === 0 ? 'M' : 'L'}${p.x.toFixed(1)} ${y(p.value)}`).join('');
  const dots = estimated.map(
    (p) =>
      `<circle cx="${p.x.toFixed(1)}" cy="${y(p.value)}" r="3.5" fill="var(--${p.alert ? 'drift' : 'current'})"><title>${escapeHtml(p.period)}: ${short(p.value)} estimated</title></circle>`,
  );
  const label = (at: number, anchor: string, text: string) =>
    `<text x="${at}" y="${HEIGHT - 4}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
  const ends = periods.length > 1 ? label(WIDTH, 'end', periods.at(-1)!) : '';
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${NAMES[metric]} by period">${shade}<path d="${line}" fill="none" stroke="var(--reference)" stroke-width="2"/>${dots.join('')}<text x="2" y="${TOP + 4}">${short(high)}</text><text x="2" y="${FLOOR - 2}">${short(low)}</text>${label(0, 'start', periods[0] ?? '')}${ends}</svg>`;
}
