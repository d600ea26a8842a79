import { escapeHtml } from '../../../drift/report/escape.ts';
import type { ComparisonEvidence } from './evidence.shape.ts';
import { left } from './figures.section.ts';
import type { ModelReport } from './report.types.ts';
import { table } from './table.ts';
import type { TestFigures } from './test-figures.ts';
import { count, figure, percent, signed } from './words.ts';

const WANTED: Readonly<Record<string, string>> = {
  first: 'It ranks at least as well as a logistic regression.',
  comparable: 'The model in use can read the same payments.',
  better: 'It ranks better, and not by chance.',
  slices: 'In no group of payments is it much worse.',
  calibration: 'Its probabilities are as right as before.',
  latency: 'A payment is scored fast enough.',
};

/** Champion and challenger as they were compared, gate by gate and slice by slice. */
export function comparisonSection({ comparison, test, version, challenger }: ModelReport): string {
  const head = '<h2>Compared with the model in use</h2>';
  if (!comparison.kept) return head + left(comparison.problem);
  const found = comparison.value;
  const former = challenger.kept ? challenger.value.resolved.champion : null;
  const gates = found.gates.map(({ gate, passes, finding }) => [
    `<span class="says ${passes ? 'no_drift' : 'drift'}">${passes ? 'passed' : 'failed'}</span>`,
    WANTED[gate] ?? escapeHtml(gate),
    `<span class="wrap">${escapeHtml(finding)}</span>`,
  ]);
  return `${head}${measures(found, test.kept ? test.value : undefined, version.version, former)}${gain(found)}
<h2>Gates</h2>${table(['', 'asked', 'found'], gates)}
${slices(found)}`;
}

function measures(
  found: ComparisonEvidence,
  test: TestFigures | undefined,
  version: number,
  former: number | null,
): string {
  const before = test?.champion;
  const now = test?.challenger;
  const rows: [string, string | undefined, string | undefined][] = [
    [
      'average precision',
      found.champion ? figure(found.champion.averagePrecision) : undefined,
      figure(found.challenger.averagePrecision),
    ],
    ['area under the ROC curve', before ? figure(before.areaUnderRoc) : undefined, now && figure(now.areaUnderRoc)],
    ...(now?.found ?? []).map(({ alerts, recall }, i): [string, string | undefined, string] => [
      `fraud found by ${count(alerts)} alerts`,
      before?.found[i] && percent(before.found[i].recall),
      percent(recall),
    ]),
    ['calibration error', error(found.champion), error(found.challenger)],
    ['milliseconds for one payment (99 %)', undefined, found.millisPerRow?.toFixed(2)],
  ];
  return table(
    [
      'on the test set',
      former === null ? 'nobody was in use' : `version ${former}, in use`,
      `version ${version}, this one`,
    ],
    rows.filter((row) => row[1] ?? row[2]).map(([name, a, b]) => [name, a ?? '–', b ?? '–']),
    [1, 2],
  );
}

const error = (side: ComparisonEvidence['champion']): string | undefined => side?.calibrationError?.toFixed(4);

function gain({ gain: found }: ComparisonEvidence): string {
  if (!found) return '';
  const most = Math.max(Math.abs(found.low), Math.abs(found.high), 0.01) * 1.15;
  const x = (value: number) => (320 + (value / most) * 300).toFixed(1);
  const text = (value: number, y: number) =>
    `<text x="${x(value)}" y="${y}" text-anchor="middle">${signed(value)}</text>`;
  return `<p class="gap">Average precision ${signed(found.value)}; drawn anew a thousand times, by customer, nineteen of twenty differences lie between ${signed(found.low)} and ${signed(found.high)}; ${percent(found.sure)} of them are above what the policy asks.</p>
<svg class="wide" viewBox="0 0 640 56" role="img" aria-label="Difference in average precision with its 95 % interval"><path d="M10 28H630" stroke="var(--line)"/><path d="M320 8V42" stroke="var(--soft)" stroke-dasharray="3 3"/><text x="320" y="54" text-anchor="middle">as good as before</text><path d="M${x(found.low)} 28H${x(found.high)}" stroke="var(--current)" stroke-width="6" stroke-linecap="round" opacity=".4"/><circle cx="${x(found.value)}" cy="28" r="6" fill="var(--current)"/>${text(found.low, 16)}${text(found.high, 16)}</svg>`;
}

const SLICES = 24;

function slices({ slices: found }: ComparisonEvidence): string {
  const head = '<h2>Slices</h2>';
  if (found.length === 0)
    return `${head}<p class="soft">No group of payments has enough fraud to be judged by itself.</p>`;
  const worst = [...found].sort((a, b) => a.challenger - a.champion - (b.challenger - b.champion)).slice(0, SLICES);
  const rows = worst.map(({ slice, value, rows, positives, champion, challenger }) => [
    `${escapeHtml(slice.replaceAll('_', ' '))}: <b>${escapeHtml(value)}</b>`,
    count(rows),
    count(positives),
    figure(champion),
    figure(challenger),
    `<span class="${challenger < champion ? 'drift' : 'no_drift'}">${signed(challenger - champion)}</span>`,
    dumbbell(champion, challenger),
  ]);
  const rest = found.length > SLICES ? ` The ${SLICES} that gain least of ${found.length}.` : '';
  return `${head}<p class="soft">Average precision in groups of payments with enough fraud to say something; those that gain least first.${rest}</p>
${table(['group', 'payments', 'fraud', 'before', 'this one', 'difference', ''], rows, [1, 2, 3, 4, 5])}`;
}

function dumbbell(before: number, now: number): string {
  const x = (value: number) => (6 + value * 148).toFixed(1);
  return `<svg viewBox="0 0 160 16" style="width:160px" role="img" aria-label="${figure(before)} before, ${figure(now)} now"><path d="M6 8H154" stroke="var(--line)"/><path d="M${x(before)} 8H${x(now)}" stroke="var(--soft)" stroke-width="2"/><circle cx="${x(before)}" cy="8" r="4" fill="var(--reference)"/><circle cx="${x(now)}" cy="8" r="4.5" fill="var(--current)"/></svg>`;
}
