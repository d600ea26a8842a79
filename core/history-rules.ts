import type { Column } from './column.ts';
import type { DerivedDataset, PartitionBy } from './dataset.ts';
import { StrataError } from './errors.ts';
import { absentValue, addedColumns, attributesOf, generatedColumns, type Type2 } from './history.ts';

/** A dataset that is being defined. */
interface Draft {
  readonly name: string;
  readonly columns: readonly Column[];
  readonly partitionBy: PartitionBy;
  readonly write: { readonly kind: string };
  readonly inputs: DerivedDataset['inputs'];
}

/** @throws bad_definition: what no history can be made of */
export function refuseBadHistory(dataset: Draft, history: Type2): void {
  const { name, columns, partitionBy } = dataset;
  const refuse = (what: string, hint: string) => {
    throw new StrataError('bad_definition', `${name}: ${what}`, { where: name, hint });
  };
  const declared = new Map(columns.map((c) => [c.name, c]));
  const generated = generatedColumns(history);
  if (dataset.write.kind !== 'replace') {
    refuse(
      'a history replaces its partitions, and this one merges',
      'Leave `write` out; merge the versions in the dataset before it.',
    );
  }
  if (partitionBy.kind !== 'bucket' || partitionBy.column !== history.key) {
    refuse(
      'a history needs all versions of a key in one partition',
      `Cut it by its natural key, with the number of buckets of its input: partitionBy: bucket('${history.key}', 8).`,
    );
  }
  for (const column of [history.key, ...history.track]) {
    if (!declared.has(column) || (generated.includes(column) && column !== history.key)) {
      refuse(
        `history names ${column}, which is no column of its SQL`,
        `It can name: ${attributesOf({ columns }, history)
          .map((c) => c.name)
          .join(', ')}.`,
      );
    }
  }
  if (history.track.length === 0)
    refuse('history tracks no column', 'Name at least one in `track`; a table of latest rows needs no history.');
  if (history.track.includes(history.key))
    refuse(`history tracks its own key ${history.key}`, 'Take it out of `track`.');
  for (const column of [history.at, ...(history.deleted === undefined ? [] : [history.deleted])]) {
    if (declared.has(column)) {
      refuse(
        `${column} belongs to the SQL of a history, not to its table`,
        `Take it out of the columns: valid_from and valid_to say it. To keep the time, give it under another name too.`,
      );
    }
  }
  for (const { name: column, sqlType, nullable } of addedColumns(history)) {
    const own = declared.get(column);
    if (own?.sqlType !== sqlType || own.nullable !== nullable) {
      refuse(
        `${column} of a history is ${sqlType}${nullable ? ', nullable' : ', never null'}`,
        'Leave it out of the columns: Strata adds it.',
      );
    }
  }
  const keys = columns.filter((c) => c.key).map((c) => c.name);
  if (keys.length !== 1 || keys[0] !== history.surrogate) {
    refuse(
      `the key of a history is its surrogate ${history.surrogate} alone, here it is ${keys.join(', ') || 'missing'}`,
      `Mark no other column key(...): ${history.key} has a row per version.`,
    );
  }
  if (!declared.get(history.key)?.nullable) {
    refuse(`${history.key} is null in the unknown and the not-applicable member`, 'Make it .nullable().');
  }
  for (const column of attributesOf({ columns }, history)) {
    if (column.nullable || absentValue(column, 'unknown') !== undefined) continue;
    refuse(`${column.name} ${column.sqlType} has no value in members that are unknown`, 'Make it .nullable().');
  }
  refuseBadMembers(dataset, history);
}

function refuseBadMembers({ name, inputs }: Draft, history: Type2): void {
  for (const [input, column] of Object.entries(history.members)) {
    const found = inputs[input];
    const refuse = (what: string, hint: string) => {
      throw new StrataError('bad_definition', `${name}: members names ${what}`, { where: name, hint });
    };
    if (!found) {
      refuse(`${input}, which is no input`, `Inputs are: ${Object.keys(inputs).join(', ')}.`);
      continue;
    }
    if (found.dataset.kind === 'source')
      refuse(
        `the source dataset ${found.dataset.name}`,
        'Name a silver dataset: what lies in quarantine mentions nobody.',
      );
    if (found.mapping.kind !== 'all' && found.mapping.kind !== 'aligned') {
      refuse(`${input}, which is read by ${found.mapping.kind}`, `Read it with .all(): every mention counts.`);
    }
    if (!found.dataset.columns.some((c) => c.name === column)) {
      refuse(
        `${input}.${column}, which does not exist`,
        `Columns are: ${found.dataset.columns.map((c) => c.name).join(', ')}.`,
      );
    }
    const twice = Object.entries(inputs).some(
      ([other, i]) => !(other in history.members) && i.dataset.name === found.dataset.name,
    );
    if (twice)
      refuse(
        `${found.dataset.name}, which the SQL reads too`,
        'Make one of them another dataset: Strata looks only for new keys there.',
      );
  }
}
