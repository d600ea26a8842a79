import type { ColumnDrift, ColumnState, SideSummary } from '../drift.types.ts';
import { short } from '../plot-cells.ts';
import { columnChart } from './chart.svg.ts';
import { escapeHtml } from './escape.ts';

const STATES: Readonly<Record<ColumnState, string>> = {
  ok: '',
  reference_empty: 'The reference has no rows.',
  current_empty: 'There are no current rows.',
  too_few_rows: 'Too few rows to say anything.',
  reference_all_missing: 'Every value of the reference is missing.',
  current_all_missing: 'Every current value is missing.',
  all_missing: 'Every value is missing, on both sides.',
  constant: 'One value only, on both sides.',
};

export const SAYS = { drift: 'drift', no_drift: 'steady', undecided: 'undecided' } as const;

export const percent = (share: number): string => `${(share * 100).toFixed(1)} %`;
export const idOf = (column: string): string => `column-${column.replace(/[^A-Za-z0-9_-]/g, '-')}`;
const missingOf = ({ rows, missing }: SideSummary): string => percent(rows === 0 ? 0 : missing / rows);

/** One column: its verdict in words, its two distributions, its measures. */
export function columnCard(drift: ColumnDrift): string {
  const { column, kind, role, state, verdict, measures: m, byDefault, reference, current } = drift;
  const measures: [string, string | undefined][] = [
    ['PSI', show(m?.psi)],
    ['Jensen-Shannon', show(m?.jensenShannon)],
    ['KL', show(m?.kullbackLeibler)],
    kind === 'numeric' ? ['Wasserstein', show(m?.wasserstein)] : ['new categories', count(m?.newCategories)],
    kind === 'numeric' ? ['KS', show(m?.ks)] : ['total variation', show(m?.totalVariation)],
    kind === 'numeric' ? ['KS p', show(m?.ksP)] : ['χ² p', show(m?.chiSquaredP)],
    ['mean before', show(reference.mean)],
    ['mean now', show(current.mean)],
    ['missing', `${missingOf(reference)} → ${missingOf(current)}`],
  ];
  const shown = measures.filter(([, value]) => value !== undefined);
  const other = byDefault
    ? ` Evidently's default (${byDefault.test.replace('_', '-')} ${short(byDefault.score)}): ${byDefault.drifted ? 'drift' : 'no drift'}.`
    : '';
  return `<article class="card" id="${idOf(column)}"><header><h3>${escapeHtml(column)}${role === 'feature' ? '' : `<span class="role">${role}</span>`}</h3><span class="says ${verdict.says}">${SAYS[verdict.says]}</span></header>
<p class="soft">${[STATES[state], said(drift), other].join(' ').trim()}</p>
${columnChart(drift)}<dl>${shown.map(([name, value]) => `<div><dt>${name}</dt><dd>${value}</dd></div>`).join('')}</dl></article>`;
}

function said({ verdict, state }: ColumnDrift): string {
  if (state === 'reference_empty' || state === 'current_empty' || state === 'too_few_rows') return '';
  const what = verdict.because === 'missing' ? 'The missing share changed by' : 'Moved:';
  return `${what} ${percent(verdict.effect)} of the rows (${percent(verdict.atLeast)} to ${percent(verdict.atMost)}).`;
}

const show = (value: number | undefined): string | undefined => (value === undefined ? undefined : short(value));
const count = (value: number | undefined): string | undefined => (value === undefined ? undefined : String(value));
