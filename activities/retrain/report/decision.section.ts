import { escapeHtml } from '../../../drift/report/escape.ts';
import { left } from './figures.section.ts';
import type { ModelReport } from './report.types.ts';
import { table } from './table.ts';
import { count, moment, percent } from './words.ts';

/** From which score on a payment is an alert, and why from there. */
export function thresholdSection({ version, challenger, test }: ModelReport): string {
  const silent = version.threshold > 1;
  const chosen = challenger.kept ? challenger.value.threshold : undefined;
  const at = test.kept ? test.value.challenger.atThreshold : undefined;
  const sentences = [
    silent
      ? 'No score is an alert: <b>no threshold fulfils what was asked</b>. Rules may still decide.'
      : `A payment is an alert from a probability of <b>${percent(version.threshold)}</b> on.`,
    ...(chosen?.problem ? [`${escapeHtml(chosen.problem)}.`] : []),
    ...(chosen && !silent
      ? [
          `Chosen on the validation set, where it gave ${count(chosen.alerts)} alerts, ${percent(chosen.precision)} of them right, and found ${percent(chosen.recall)} of the fraud.`,
        ]
      : []),
    ...(at && at.alerts > 0
      ? [
          `On the test set, which had no part in choosing it: ${count(at.alerts)} alerts, ${percent(at.precision)} right, ${percent(at.recall)} of the fraud found.`,
        ]
      : []),
  ];
  return `<h2>Threshold</h2><p>${sentences.join(' ')}</p>`;
}

/** Who decided, when and why; what was seen afterwards; whether it was taken back. */
export function decisionSection({ moves, watched, version }: ModelReport): string {
  const lines = moves.map(({ at, alias, from, to, who, why }) => {
    const what =
      to === version.version ? `becomes ${alias}` : `is ${alias} no more${to === null ? '' : `; version ${to} is`}`;
    const before = to === version.version && from !== null ? `, in place of version ${from}` : '';
    return [
      moment(at),
      `version ${version.version} ${what}${before}`,
      escapeHtml(who),
      `<span class="wrap">${escapeHtml(why)}</span>`,
    ];
  });
  const rounds = watched.map((round) =>
    round.kept
      ? [
          String(round.value.round),
          escapeHtml(round.value.says.replaceAll('_', ' ')),
          `<span class="wrap">${escapeHtml(round.value.finding)}</span>`,
        ]
      : ['–', '', left(round.problem)],
  );
  return `<h2>Who decided, and what happened then</h2>
${lines.length > 0 ? table(['when', 'what', 'who', 'why'], lines) : '<p class="soft">Nothing was decided yet.</p>'}
${rounds.length > 0 ? `<h2>Watched after the promotion</h2>${table(['round', 'says', 'found'], rounds)}` : ''}`;
}

/** What this page does not say. */
export function limitsSection({ challenger, test }: ModelReport): string {
  const positives = test.kept ? test.value.positives : undefined;
  const limits = [
    'A payment counts as honest until its card holder disputes it. Fraud that nobody noticed, and payments that were refused, are in no figure.',
    ...(challenger.kept
      ? [
          `The test days end before ${challenger.value.resolved.asOf.slice(0, 10)} by the delay of labels: what is newer was not judged.`,
        ]
      : []),
    ...(positives === undefined
      ? []
      : [`Everything on the test set rests on ${count(positives)} frauds: figures of one slice rest on fewer.`]),
    'The interval of the difference draws customers, not payments; what all customers have in common, such as one season, is in every draw.',
    'A new kind of fraud that looks like no fraud before shows only when its labels come.',
  ];
  return `<h2>Limits</h2><ul>${limits.map((limit) => `<li>${limit}</li>`).join('')}</ul>`;
}

export function filesSection({ files, version }: ModelReport): string {
  const rows = files.map(({ name, file, problem }) => [
    escapeHtml(name),
    problem ? '<span class="says drift">not to be trusted</span>' : '<span class="says no_drift">as written</span>',
    `<code>${escapeHtml(file.path)}</code>${problem ? `<br><span class="drift wrap">${escapeHtml(problem)}</span>` : ''}`,
    `<code>${escapeHtml(file.sha256.slice(0, 16))}</code>`,
  ]);
  return `<h2>Evidence</h2><p class="soft">Registered ${moment(version.registeredAt)} by ${escapeHtml(version.madeBy)}. Each file was read for this page, and its hash compared with the registered one.</p>
${table(['file', 'state', 'place in the lake', 'SHA-256'], rows)}`;
}
