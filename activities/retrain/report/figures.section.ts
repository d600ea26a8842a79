import { escapeHtml } from '../../../drift/report/escape.ts';
import { chartCard, lineChart, type Mark } from './line-chart.svg.ts';
import type { ModelReport } from './report.types.ts';
import { BUDGETS, type SideFigures, type TestFigures } from './test-figures.ts';
import { count, figure, percent } from './words.ts';

const whole = (value: number): string => percent(value, 0);

/** Both models on the kept test set: ranking, alerts, probabilities. */
export function figuresSection({ test, version }: ModelReport): string {
  if (!test.kept) return `<h2>On the test set</h2>${left(test.problem)}`;
  const { champion, challenger } = test.value;
  const sides = [...(champion ? [[champion, 'reference'] as const] : []), [challenger, 'current'] as const];
  const key = sides.map(
    ([side, colour]) =>
      `<span class="key"><i class="${colour === 'current' ? 'now' : 'then'}"></i>version ${side.version}${side.version === version.version ? ' (this one)' : ' (in use at the time)'}</span>`,
  );
  return `<h2>On the test set</h2>
<p class="soft">Scored again for this page from the kept files: ${count(test.value.rows)} payments, ${count(test.value.positives)} of them known as fraud, on which neither model was trained or tuned.</p>
<p>${key.join('')}</p>
<div class="cards">${[ranking(sides), alerts(sides, test.value), probabilities(sides)].join('\n')}</div>`;
}

export const left = (problem: string): string => `<p class="drift">Left out: ${escapeHtml(problem)}</p>`;

type Sides = readonly (readonly [SideFigures, 'reference' | 'current'])[];

function ranking(sides: Sides): string {
  const marks = sides.flatMap(([{ atThreshold, version }, colour]): Mark[] =>
    atThreshold.alerts === 0
      ? []
      : [
          {
            ...{ at: [atThreshold.recall, atThreshold.precision] as const, colour },
            tip: `version ${version} at its threshold: ${atThreshold.alerts} alerts, precision ${percent(atThreshold.precision)}, recall ${percent(atThreshold.recall)}`,
          },
        ],
  );
  const chart = lineChart({
    label: 'Precision and recall',
    x: { name: 'recall: share of the fraud that is found', most: 1, text: whole },
    y: { name: 'precision', most: 1, text: whole },
    lines: sides.map(([{ curve, version }, colour]) => ({
      ...{ name: `version ${version}`, colour },
      points: curve.map(({ recall, precision }) => [recall, precision] as const),
    })),
    marks,
  });
  const areas = sides.map(([s]) => `version ${s.version}: ${figure(s.averagePrecision)}`).join(', ');
  return chartCard(
    'Precision by recall',
    `Of the alerts, how many are right, the more fraud is found. Average precision, ${areas}. Dots: at the threshold.`,
    chart,
  );
}

function alerts(sides: Sides, { rows, positives }: TestFigures): string {
  const most = Math.max(1, Math.round(0.03 * rows));
  const ideal = [
    [0, 0],
    [Math.min(positives, most), Math.min(1, most / positives)],
    [most, Math.min(1, most / positives)],
  ] as const;
  const chart = lineChart({
    label: 'Fraud found',
    x: { name: 'alerts that somebody looks at', most, text: (value) => count(Math.round(value)) },
    y: { name: 'share of the fraud found', most: 1, text: whole },
    lines: [
      { name: 'perfect', colour: 'line', dashed: true, points: ideal },
      ...sides.map(([{ curve, version }, colour]) => ({
        ...{ name: `version ${version}`, colour },
        points: [[0, 0] as const, ...curve.filter((p) => p.alerts <= most).map((p) => [p.alerts, p.recall] as const)],
      })),
    ],
  });
  const at = sides.map(([{ found, version }]) => `version ${version}: ${percent(found[1]?.recall ?? 0, 0)}`).join(', ');
  return chartCard(
    'Fraud found by alerts',
    `Looking at the riskiest ${percent(BUDGETS[1], 0)} of payments finds, ${at} of the fraud. Dashed: what a perfect model finds.`,
    chart,
  );
}

function probabilities(sides: Sides): string {
  const points = sides.flatMap(([{ reliability }]) => reliability);
  const reach = Math.max(...points.map(({ expected, high }) => Math.max(expected, high)));
  const most = [0.04, 0.1, 0.2, 0.4, 0.6, 0.8].find((round) => round >= reach) ?? 1;
  const chart = lineChart({
    label: 'Reliability',
    x: { name: 'probability given', most, text: whole },
    y: { name: 'share that was fraud', most, text: whole },
    lines: [
      {
        name: 'as promised',
        colour: 'line',
        dashed: true,
        points: [
          [0, 0],
          [most, most],
        ],
      },
    ],
    marks: sides.flatMap(([{ reliability, version }, colour]) =>
      reliability.map(({ rows, expected, observed, low, high }) => ({
        ...{ at: [expected, observed] as const, colour, range: [low, high] as const },
        tip: `version ${version}, ${count(rows)} payments: ${percent(expected)} given, ${percent(observed)} found (95 %: ${percent(low)} to ${percent(high)})`,
      })),
    ),
  });
  return chartCard(
    'Are the probabilities right?',
    'Groups of payments that expect equally much fraud. On the dashed line as much was found as was promised; whiskers are what chance allows (95 %).',
    chart,
  );
}
