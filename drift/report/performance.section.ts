import { type Band, METRICS, type Metric, type Performance, type PerformanceEstimate } from '../performance.types.ts';
import { short } from '../plot-cells.ts';
import { escapeHtml } from './escape.ts';

export const METRIC_NAMES: Readonly<Record<Metric, string>> = {
  averagePrecision: 'Average precision',
  rocAuc: 'ROC AUC',
  precision: 'Precision',
  recall: 'Recall',
};

const WIDTH = 340;
/** Room for the values beside the chart. */
const LEFT = 40;
const TOP = 8;
const FLOOR = 104;
const HEIGHT = 124;

/** Performance by period, as a section of the report: estimated, and realized where labels have come. */
export function performanceSection(estimate: PerformanceEstimate, realized: readonly Performance[]): string {
  const periods = [...new Set([...estimate.periods, ...realized].map(({ period }) => period))].sort();
  const cards = METRICS.map((metric) => card(metric, periods, estimate, realized));
  return `<h2>Performance</h2>
<p class="soft">Estimated from the scores before labels come (dots), as labels say where they have come (line). The band is the mean of the reference and three deviations. Precision and recall are at the threshold.</p>
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
  const x = (i: number) =>
    periods.length === 1 ? (LEFT + WIDTH) / 2 : LEFT + 8 + (i * (WIDTH - LEFT - 16)) / (periods.length - 1);
  const estimated = periods.flatMap((period, i): Point[] => {
    const one = estimate.periods.find((p) => p.period === period);
    const value = one?.estimated[metric];
    return value === undefined ? [] : [{ x: x(i), value, period, alert: one!.alerts.includes(metric) }];
  });
  const known = periods.flatMap((period, i): Point[] => {
    const value = realized.find((p) => p.period === period)?.[metric];
    return value === undefined ? [] : [{ x: x(i), value, period, alert: isOutside(value, estimate.bands[metric]) }];
  });
  const alerts = [...estimated, ...known].filter(({ alert }) => alert).length;
  const says = alerts > 0 ? 'drift' : 'no_drift';
  return `<article class="card"><header><h3>${METRIC_NAMES[metric]}</h3><span class="says ${says}">${alerts > 0 ? `${alerts} ${alerts === 1 ? 'alert' : 'alerts'}` : 'in the band'}</span></header>
${chart(metric, periods, estimated, known, estimate.bands[metric])}</article>`;
}

const isOutside = (value: number, band: Band | undefined): boolean =>
  band !== undefined && (value < band.low || value > band.high);

function chart(
  metric: Metric,
  periods: readonly string[],
  estimated: readonly Point[],
  known: readonly Point[],
  band: Band | undefined,
): string {
  const values = [...estimated, ...known].map(({ value }) => value).concat(band ? [band.low, band.high] : []);
  if (values.length === 0) return '<p class="soft">Nothing to show: no labels, and nothing flagged.</p>';
  const [low, high] = [Math.min(...values), Math.max(...values)];
  const room = Math.max(high - low, 1e-6);
  const y = (value: number) => (FLOOR - ((value - low) / room) * (FLOOR - TOP)).toFixed(1);
  const shade = band
    ? `<rect x="${LEFT}" y="${y(band.high)}" width="${WIDTH - LEFT}" height="${(Number(y(band.low)) - Number(y(band.high))).toFixed(1)}" fill="var(--wash)"/>`
    : '';
  const line = known.map((p, i) => `${i === 0 ? 'M' : 'L'}${p.x.toFixed(1)} ${y(p.value)}`).join('');
  const dots = estimated.map(
    (p) =>
      `<circle cx="${p.x.toFixed(1)}" cy="${y(p.value)}" r="3.5" fill="var(--${p.alert ? 'drift' : 'current'})"><title>${escapeHtml(p.period)}: ${short(p.value)} estimated</title></circle>`,
  );
  const odd = known
    .filter(({ alert }) => alert)
    .map(
      (p) =>
        `<circle cx="${p.x.toFixed(1)}" cy="${y(p.value)}" r="3.5" fill="none" stroke="var(--drift)" stroke-width="2"><title>${escapeHtml(p.period)}: ${short(p.value)} as labels say</title></circle>`,
    );
  const label = (at: number, anchor: string, text: string) =>
    `<text x="${at}" y="${HEIGHT - 4}" text-anchor="${anchor}">${escapeHtml(text)}</text>`;
  const ends = periods.length > 1 ? label(WIDTH, 'end', periods.at(-1)!) : '';
  return `<svg viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${METRIC_NAMES[metric]} by period">${shade}<path d="${line}" fill="none" stroke="var(--reference)" stroke-width="2"/>${odd.join('')}${dots.join('')}<text x="${LEFT - 6}" y="${TOP + 4}" text-anchor="end">${short(high)}</text><text x="${LEFT - 6}" y="${FLOOR + 3}" text-anchor="end">${short(low)}</text>${label(periods.length > 1 ? LEFT : (LEFT + WIDTH) / 2, periods.length > 1 ? 'start' : 'middle', periods[0] ?? '')}${ends}</svg>`;
}
