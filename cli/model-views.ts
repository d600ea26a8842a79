import type { ModelEvent, ModelVersion } from '../ml/registry.ts';
import { bytes } from './human.ts';
import type { KnownModel } from './open-models.ts';
import { textTable } from './text-table.ts';

const moment = (at: string): string => at.slice(0, 19).replace('T', ' ');
const numbered = (version: number | null): string => (version === null ? 'nobody' : `version ${version}`);
const figure = (value: number): string => String(Number(value.toFixed(4)));

export function modelTable(models: readonly KnownModel[]): string {
  if (models.length === 0) return 'no models';
  return textTable(
    ['model', 'versions', 'champion', 'challenger'],
    models.map((m) => [m.model, m.versions.length, m.champion, m.challenger]),
  );
}

export function versionTable(
  versions: readonly ModelVersion[],
  { champion, challenger }: Pick<KnownModel, 'champion' | 'challenger'>,
): string {
  const names = [...new Set(versions.flatMap((v) => Object.keys(v.metrics)))];
  return textTable(
    ['version', 'alias', 'registered (UTC)', ...names],
    versions.map(({ version, registeredAt, metrics }) => [
      version,
      version === champion ? 'champion' : version === challenger ? 'challenger' : '',
      moment(registeredAt),
      ...names.map((name) => (metrics[name] === undefined ? undefined : figure(metrics[name]))),
    ]),
  );
}

export interface FileState {
  readonly intact: boolean;
  readonly bytes: number | null;
  readonly problem: string | null;
}

export function versionText(model: string, version: ModelVersion, file: FileState): string {
  const list = (title: string, entries: Readonly<Record<string, string>>): string[] => {
    const rows = Object.entries(entries);
    return rows.length === 0 ? [] : [`${title}:`, ...rows.map(([name, value]) => `  ${name}  ${value}`)];
  };
  const map = <T>(entries: Readonly<Record<string, T>>, text: (value: T) => string) =>
    Object.fromEntries(Object.entries(entries).map(([name, value]) => [name, text(value)]));
  return [
    `${model} version ${version.version}, registered ${moment(version.registeredAt)} UTC by ${version.madeBy}`,
    `file: ${version.artifact.path}, ${version.format}, ${file.intact ? `${bytes(file.bytes ?? 0)}, sha256 as registered` : file.problem}`,
    `threshold: ${figure(version.threshold)}`,
    ...list('metrics', map(version.metrics, figure)),
    ...list(
      'parameters',
      map(version.params, (value) => JSON.stringify(value)),
    ),
    ...list(
      'trained from',
      map(version.trainedFrom, (value) => `version ${value}`),
    ),
    ...learned(version),
    ...list(
      'sets',
      map(version.sets, ({ path, sha256 }) => `${path} sha256 ${sha256.slice(0, 12)}`),
    ),
    ...list(
      'evidence',
      map(version.evidence, ({ path }) => path),
    ),
    `features: ${version.signature.map(({ name, kind }) => (kind === 'number' ? name : `${name} (${kind})`)).join(', ')}`,
  ].join('\n');
}

/** The days are those of its rows; who makes it again from the same versions must come to the same hash. */
const learned = ({ learnedFrom }: ModelVersion): string[] =>
  learnedFrom
    ? [
        `learned from: ${learnedFrom.start.slice(0, 10)} to ${learnedFrom.end.slice(0, 10)}, content ${learnedFrom.contentHash.slice(0, 12)}`,
      ]
    : [];

export function moveLine(event: ModelEvent): string {
  const at = moment(event.at);
  if (event.kind === 'registered') return `${at}  version ${event.version} registered by ${event.made.madeBy}`;
  if (event.kind === 'attached') return `${at}  version ${event.version} got ${event.name}`;
  return `${at}  ${event.alias}: ${numbered(event.from)} -> ${numbered(event.to)}, by ${event.who}: ${event.why}`;
}
