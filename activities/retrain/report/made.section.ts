import { escapeHtml } from '../../../drift/report/escape.ts';
import { left } from './figures.section.ts';
import type { ModelReport } from './report.types.ts';
import { table } from './table.ts';
import { count, days, figure, percent } from './words.ts';

const SETS: Readonly<Record<string, string>> = {
  train: 'training: the trees grow from it',
  validation: 'validation: ends the training, calibrates, chooses the threshold',
  test: 'test: judges, and nothing else',
};

/** What it was made from: windows, rows, hashes, the lake's versions, the trials. */
export function madeSection({ version, challenger }: ModelReport): string {
  const tables = table(
    ['table of the lake', 'pinned version'],
    Object.entries(version.trainedFrom).map(([name, pinned]) => [escapeHtml(name), String(pinned)]),
    [1],
  );
  if (!challenger.kept) return `<h2>What it was made from</h2>${left(challenger.problem)}${tables}`;
  const { sets, resolved, trials, best } = challenger.value;
  const rows = Object.entries(sets).map(([name, { rows, positives, sha256 }]) => {
    const window = resolved.windows[name];
    return [
      SETS[name] ?? escapeHtml(name),
      window ? days(window) : '–',
      count(rows),
      count(positives),
      percent(rows === 0 ? 0 : positives / rows, 2),
      `<code>${sha256.slice(0, 16)}</code>`,
    ];
  });
  const params = Object.entries(version.params).map(([name, value]) => `${name} ${JSON.stringify(value)}`);
  const tried = trials.map(({ trial, averagePrecision, millis, warnings }) => [
    `trial ${trial + 1}${trial === best ? ' <span class="says no_drift">chosen</span>' : ''}`,
    figure(averagePrecision),
    `${(millis / 1000).toFixed(1)} s`,
    escapeHtml(warnings.join('; ')) || '–',
  ]);
  return `<h2>What it was made from</h2>
<p>Payments are fraud when their card holder had said so before ${resolved.asOf.slice(0, 10)}; what came later was not looked at.</p>
${table(['set', 'days', 'payments', 'fraud', 'share', 'SHA-256'], rows, [2, 3, 4])}
${tables}
<h2>Trials</h2>
<p>Sets of parameters, trained on the same rows; the one that ranks best on the validation set was taken: ${escapeHtml(params.join(', '))}.</p>
${table(['trial', 'average precision on validation', 'time', 'what the trainer noticed'], tried, [1, 2])}`;
}
