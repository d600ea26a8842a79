import { columnChart } from '../../../drift/report/chart.svg.ts';
import { SAYS } from '../../../drift/report/column.card.ts';
import { escapeHtml } from '../../../drift/report/escape.ts';
import { left } from './figures.section.ts';
import type { ModelReport } from './report.types.ts';
import { count, day, percent } from './words.ts';

const MOST = 6;

/** Why it was retrained: what moved, beside what the model in use had learned from. */
export function whySection({ challenger, drift }: ModelReport): string {
  const head = '<h2>Why it was trained</h2>';
  if (!challenger.kept) return head + left(challenger.problem);
  const { resolved, drift: found } = challenger.value;
  const rows = `${count(found.rows.current)} payments before ${day(resolved.asOf)} beside ${count(found.rows.reference)} of the ${found.reference}`;
  const reasons = (found.reasons ?? []).map((reason) => `<li>${escapeHtml(reason)}</li>`);
  const text = `<p>Drift was looked for in ${found.features} features: ${escapeHtml(rows)}. ${
    found.drifted.length === 0 ? 'None drifted' : `${found.drifted.length} drifted`
  }${resolved.force ? '; the training was asked for by hand' : ''}.</p>${reasons.length > 0 ? `<ul>${reasons.join('')}</ul>` : ''}
<p class="soft">The whole check, a plot for every feature: ${escapeHtml(found.report.path)} in the lake.</p>`;
  if (!drift.kept) return `${head}${text}${left(`the plots of what moved. ${drift.problem}`)}`;
  const moved = drift.value.columns
    .filter(({ verdict }) => verdict.says === 'drift')
    .sort((a, b) => b.verdict.effect - a.verdict.effect)
    .slice(0, MOST);
  const cards = moved.map(
    (column) =>
      `<article class="card"><header><h3>${escapeHtml(column.column)}</h3><span class="says ${column.verdict.says}">${SAYS[column.verdict.says]}</span></header>
<p class="soft">${percent(column.verdict.effect)} of the rows lie elsewhere (${percent(column.verdict.atLeast)} to ${percent(column.verdict.atMost)}).</p>${columnChart(column)}</article>`,
  );
  if (cards.length === 0) return head + text;
  return `${head}${text}<p><span class="key"><i class="now"></i>now</span><span class="key"><i class="then"></i>as learned</span></p><div class="cards">${cards.join('\n')}</div>`;
}
