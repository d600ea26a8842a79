import { escapeHtml } from '../../../drift/report/escape.ts';
import type { ModelReport, Standing } from './report.types.ts';

export const percent = (share: number, digits = 1): string => `${(share * 100).toFixed(digits)}\u00a0%`;
export const figure = (value: number): string => value.toFixed(3);
export const signed = (value: number): string => `${value >= 0 ? '+' : '−'}${Math.abs(value).toFixed(3)}`;
export const count = (value: number): string => value.toLocaleString('en-US');
export const moment = (at: string): string => `${at.slice(0, 16).replace('T', ' ')} UTC`;
export const day = (at: string): string => at.slice(0, 10);
/** A window of days, both named. */
export const days = ({ start, end }: { start: string; end: string }): string =>
  `${day(start)} to ${new Date(Date.parse(end) - 1).toISOString().slice(0, 10)}`;

export const STANDS: Readonly<Record<Standing, { readonly badge: string; readonly tone: string }>> = {
  champion: { badge: 'in use', tone: 'no_drift' },
  challenger: { badge: 'waits for a decision', tone: 'undecided' },
  rolled_back: { badge: 'rolled back', tone: 'drift' },
  replaced: { badge: 'replaced', tone: 'undecided' },
  refused: { badge: 'refused', tone: 'drift' },
  withdrawn: { badge: 'withdrawn', tone: 'undecided' },
  never_served: { badge: 'never in use', tone: 'undecided' },
};

/** What a reader with one minute needs to know: sentences of escaped HTML. */
export function inPlainWords(report: ModelReport): string[] {
  return [verdict(report), ...reason(report), ...comparison(report), ...watching(report), ...integrity(report)];
}

function verdict({ version, standing, moves }: ModelReport): string {
  const name = `Version ${version.version}`;
  const signed = (alias: string, to: boolean) =>
    moves.findLast((m) => m.alias === alias && (to ? m.to : m.from) === version.version);
  const by = (move: (typeof moves)[number] | undefined) =>
    move ? ` on ${moment(move.at)} by <b>${escapeHtml(move.who)}</b>: “${escapeHtml(move.why)}”` : '';
  const began = signed('champion', true);
  const left = signed('champion', false);
  const other = left?.to === null || left?.to === undefined ? 'Nobody' : `Version ${left.to}`;
  const sentences: Record<Standing, string> = {
    champion: `${name} is in use. It was promoted${by(began)}.`,
    challenger: `${name} is a candidate and not in use: nobody has decided yet.`,
    rolled_back: `${name} was in use from ${began ? moment(began.at) : 'an unknown time'} and was taken back${by(left)}. ${other} serves in its place.`,
    replaced: `${name} was in use and was replaced${by(left)}. ${other} took its place.`,
    refused: `${name} was refused and was never in use: decided${by(signed('challenger', false))}.`,
    withdrawn: `${name} was a candidate until a newer one took its place${by(signed('challenger', false))}.`,
    never_served: `${name} is registered and was never in use.`,
  };
  return sentences[standing];
}

function reason({ challenger }: ModelReport): string[] {
  if (!challenger.kept) return [];
  const { drift, resolved } = challenger.value;
  const moved = drift.reasons ?? drift.drifted;
  if (moved.length > 0) {
    return [
      `It was trained because the data moved away from what the model in use had learned: ${list(moved)} (of ${drift.features} features looked at).`,
    ];
  }
  if (resolved.champion === null) return ['It was trained because there was no model in use yet.'];
  return ['It was trained because a person asked for it; the data had not moved.'];
}

function comparison({ comparison: found, test, version }: ModelReport): string[] {
  const words: string[] = [];
  if (test.kept && test.value.champion) {
    const { champion, challenger, rows, positives } = test.value;
    const [before, now] = [champion.found[1], challenger.found[1]];
    if (before && now) {
      words.push(
        `On ${count(rows)} payments that neither model had seen (${count(positives)} of them fraud), the ${count(now.alerts)} riskiest by this version hold ${percent(now.recall, 0)} of the fraud; by version ${champion.version}, ${percent(before.recall, 0)}.`,
      );
    }
  }
  if (!found.kept) return words;
  const failed = found.value.gates.filter(({ passes }) => !passes);
  words.push(
    failed.length === 0
      ? `It passed every gate (${found.value.gates.map(({ gate }) => escapeHtml(gate)).join(', ')}).`
      : `Version ${version.version} failed ${failed.length} of ${found.value.gates.length} gates: ${list(failed.map(({ gate }) => gate))}.`,
  );
  return words;
}

function watching({ watched, ending }: ModelReport): string[] {
  const rounds = watched.filter((round) => round.kept).length;
  const told: Readonly<Record<string, string>> = {
    unproven: 'Too few labels came while it was watched to say whether the promotion was right.',
    superseded: 'Somebody made another version champion while it was watched.',
    cancelled: 'The retraining was cancelled.',
    failed: 'The retraining failed after this version was registered.',
  };
  return [
    ...(rounds > 0 ? [`It was watched for ${rounds} ${rounds === 1 ? 'round' : 'rounds'} after its promotion.`] : []),
    ...(ending && told[ending] ? [told[ending]] : []),
  ];
}

function integrity({ files }: ModelReport): string[] {
  const bad = files.filter(({ problem }) => problem);
  if (bad.length === 0) return [`All ${files.length} files of evidence are, to the byte, what was written.`];
  return [
    `<b class="drift">${bad.length} of ${files.length} files of evidence cannot be trusted</b>: ${list(bad.map(({ name }) => name))}. What rests on them is left out below.`,
  ];
}

function list(names: readonly string[], most = 6): string {
  const shown = names.slice(0, most).map((name) => `<b>${escapeHtml(name)}</b>`);
  return names.length > most ? `${shown.join(', ')} and ${names.length - most} more` : shown.join(', ');
}
