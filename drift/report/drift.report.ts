import type { ColumnDrift, DriftResult } from '../drift.types.ts';
import { short } from '../plot-cells.ts';
import { effectBar } from './chart.svg.ts';
import { columnCard, idOf, percent, SAYS } from './column.card.ts';
import { escapeHtml } from './escape.ts';
import { STYLE } from './page.style.ts';

export interface ReportHead {
  readonly title: string;
  /** Where and when it was made, what was pinned; a line each. */
  readonly notes?: readonly string[];
  /** More sections as HTML, below the columns: performance, for instance. They must be escaped already. */
  readonly sections?: readonly string[];
}

const ORDER = { drift: 0, undecided: 1, no_drift: 2 } as const;

/** The check as one HTML page that needs nothing else. The columns that moved most come first. */
export function driftReport(result: DriftResult, head: ReportHead): string {
  const columns = [...result.columns].sort(
    (a, b) => ORDER[a.verdict.says] - ORDER[b.verdict.says] || b.verdict.effect - a.verdict.effect,
  );
  const count = (says: ColumnDrift['verdict']['says']) => columns.filter((c) => c.verdict.says === says).length;
  const rows = (side: 'reference' | 'current') => columns[0]![side].rows.toLocaleString('en');
  const facts = [
    [String(count('drift')), `of ${columns.length} columns drift`],
    [String(count('undecided')), 'undecided'],
    [rows('reference'), 'reference rows'],
    [rows('current'), 'current rows'],
    [percent(result.byDefault.share), "of features by Evidently's tests"],
  ];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(head.title)}</title><style>${STYLE}</style></head><body><main>
<h1>${escapeHtml(head.title)}</h1>
<p class="soft">${escapeHtml(result.current)} beside ${escapeHtml(result.reference)}</p>
${(head.notes ?? []).map((note) => `<p class="soft">${escapeHtml(note)}</p>`).join('')}
<ul class="facts">${facts.map(([value, what]) => `<li><b>${value}</b><span>${what}</span></li>`).join('')}</ul>
<h2>Columns</h2>
<p class="soft">A column drifts when surely more than ${percent(result.options.leastEffect)} of its rows (dotted line; a column may have
its own) lie elsewhere than in the reference; of all columns named so, at most ${percent(result.options.falseDiscoveryRate)} wrongly. Undecided: more rows are needed.</p>
<div class="scroll"><table><thead><tr><th>column</th><th>verdict</th><th>rows that moved</th><th class="number">effect</th><th class="number">adjusted p</th><th class="number">PSI</th><th class="number">missing</th><th>Evidently's default</th></tr></thead>
<tbody>${columns.map(tableRow).join('')}</tbody></table></div>
<h2>Distributions</h2>
<p><span class="key"><i class="now"></i>current</span><span class="key"><i class="then"></i>reference</span></p>
<div class="cards">${columns.map(columnCard).join('\n')}</div>
${(head.sections ?? []).join('\n')}
</main></body></html>
`;
}

function tableRow(drift: ColumnDrift): string {
  const { column, role, verdict, measures, byDefault, current } = drift;
  const cells = [
    `<td><a href="#${idOf(column)}">${escapeHtml(column)}</a>${role === 'feature' ? '' : ` <span class="soft">${role}</span>`}</td>`,
    `<td><span class="says ${verdict.says}">${SAYS[verdict.says]}</span></td>`,
    `<td class="${verdict.says}">${effectBar(drift)}</td>`,
    `<td class="number">${percent(verdict.effect)}</td>`,
    `<td class="number">${short(verdict.adjustedP)}</td>`,
    `<td class="number">${measures ? short(measures.psi) : '–'}</td>`,
    `<td class="number">${percent(current.rows === 0 ? 0 : current.missing / current.rows)}</td>`,
    `<td>${byDefault ? `${byDefault.test.replace('_', '-')} ${short(byDefault.score)}${byDefault.drifted ? ' <span class="drift">drift</span>' : ''}` : '–'}</td>`,
  ];
  return `<tr>${cells.join('')}</tr>`;
}
