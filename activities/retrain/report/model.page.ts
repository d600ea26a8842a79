import { escapeHtml } from '../../../drift/report/escape.ts';
import { STYLE } from '../../../drift/report/page.style.ts';
import { comparisonSection } from './comparison.section.ts';
import { decisionSection, filesSection, limitsSection, thresholdSection } from './decision.section.ts';
import { figuresSection } from './figures.section.ts';
import { madeSection } from './made.section.ts';
import type { ModelReport } from './report.types.ts';
import { whySection } from './why.section.ts';
import { count, figure, inPlainWords, moment, percent, STANDS } from './words.ts';

const OWN_STYLE = `
.words { background: var(--card); border: 1px solid var(--line); border-radius: 12px; padding: 18px 22px; margin: 22px 0 0; font-size: 16px; }
.words p { margin: 0 0 10px; max-width: 86ch; } .words p:last-child { margin: 0; }
.scroll + .scroll { margin-top: 14px; } .gap { margin-top: 16px; } .wide { max-width: 640px; }
.wrap { white-space: normal; display: inline-block; max-width: 62ch; } ul { padding-left: 20px; max-width: 86ch; } li { margin: 4px 0; }
main > p { max-width: 96ch; } code { font-size: 12.5px; } h1 .says { vertical-align: middle; margin-left: 10px; }
@media print { .scroll { overflow: visible; } .words { break-inside: avoid; } }
`;

/** One version as a page that a risk officer can read: no script, nothing loaded, everything from verified evidence. */
export function modelPage(report: ModelReport, madeAt: string): string {
  const { model, env, version, standing } = report;
  const title = `${model} version ${version.version}`;
  const { badge, tone } = STANDS[standing];
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>${escapeHtml(title)}</title><style>${STYLE}${OWN_STYLE}</style></head><body><main>
<h1>${escapeHtml(title)}<span class="says ${tone}">${badge}</span></h1>
<p class="soft">Environment ${escapeHtml(env)}. Registered ${moment(version.registeredAt)}; this page was made ${moment(madeAt)}.</p>
<div class="words">${inPlainWords(report)
    .map((sentence) => `<p>${sentence}</p>`)
    .join('')}</div>
<ul class="facts">${facts(report)
    .map(([value, what]) => `<li><b>${value}</b><span>${what}</span></li>`)
    .join('')}</ul>
${[
  decisionSection,
  whySection,
  figuresSection,
  comparisonSection,
  thresholdSection,
  madeSection,
  limitsSection,
  filesSection,
]
  .map((section) => section(report))
  .join('\n')}
</main></body></html>
`;
}

function facts({ version, test, challenger, drift }: ModelReport): [string, string][] {
  const known: [string, string][] = [];
  if (test.kept) {
    const { champion, challenger: own } = test.value;
    const before = champion ? ` (before: ${figure(champion.averagePrecision)})` : '';
    known.push([figure(own.averagePrecision), `average precision${before}`]);
    const [found, earlier] = [own.found[1], champion?.found[1]];
    if (found) {
      const was = earlier ? ` (before: ${percent(earlier.recall, 0)})` : '';
      known.push([percent(found.recall, 0), `of the fraud in ${count(found.alerts)} alerts${was}`]);
    }
  }
  if (challenger.kept) {
    known.push([count(challenger.value.sets.train?.rows ?? 0), 'payments it learned from']);
    known.push([
      `${challenger.value.drift.drifted.length} of ${challenger.value.drift.features}`,
      'features had drifted',
    ]);
  } else if (drift.kept) known.push([String(drift.value.drifted.length), 'features had drifted']);
  known.push([String(version.signature.length), 'features it looks at']);
  return known;
}
