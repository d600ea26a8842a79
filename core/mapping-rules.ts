import type { DerivedDataset, PartitionBy } from './dataset.ts';
import { StrataError } from './errors.ts';
import type { Type2 } from './history.ts';
import type { Grain } from './interval.ts';
import type { Mapping } from './mapping.ts';

/** Grains whose intervals lie whole inside one interval of the grain. A week can lie in two months. */
const PARTS: Record<Grain, readonly Grain[]> = {
  hour: ['hour'],
  day: ['hour', 'day'],
  week: ['hour', 'day', 'week'],
  month: ['hour', 'day', 'month'],
};

/** Do the input's partitions say which partitions the output has? `all` and `asOf` inputs only make existing ones stale. */
export const calls = (mapping: Mapping, input: PartitionBy): boolean =>
  input.kind === 'time' && (mapping.kind === 'aligned' || mapping.kind === 'window');

/** @throws bad_definition when an input cannot be mapped, or nothing says which partitions there are */
export function refuseUnmappable(dataset: DerivedDataset): void {
  const { partitionBy: out, inputs } = dataset;
  for (const [name, { dataset: input, mapping }] of Object.entries(inputs)) {
    refuseUnknownColumns(dataset, name);
    refuseAsOfWithoutKeyChanges(dataset, name);
    refuseWindowWithoutTime(dataset, name);
    if (out.kind !== 'time' || input.partitionBy.kind !== 'time' || mapping.kind !== 'aligned') continue;
    // A merge finds its output partitions by its rows, whatever partitions its source has.
    if (dataset.write.kind === 'merge' && input.kind === 'source') continue;
    const inputGrain = input.partitionBy.grain;
    if (!PARTS[out.grain].includes(inputGrain)) {
      throw new StrataError(
        'bad_definition',
        `${dataset.name}: input ${name} is cut by ${inputGrain}, which does not fit into a ${out.grain}`,
        {
          where: dataset.name,
          hint: `Read it with .window('...') or .all(), or cut by one of: ${PARTS[out.grain].join(', ')}.`,
        },
      );
    }
  }
  if (out.kind !== 'time' || dataset.write.kind === 'merge') return;
  if (!Object.values(inputs).some((i) => calls(i.mapping, i.dataset.partitionBy))) {
    throw new StrataError(
      'bad_definition',
      `${dataset.name} is cut by ${out.grain}, but no input says which ${out.grain}s there are`,
      {
        where: dataset.name,
        hint: 'Give it one input that is cut by time and read as it is or with .window(), or partition it by whole().',
      },
    );
  }
}

function refuseWindowWithoutTime(dataset: DerivedDataset, name: string): void {
  const { dataset: input, mapping } = dataset.inputs[name]!;
  const buckets = [dataset.partitionBy, input.partitionBy].some(({ kind }) => kind === 'bucket');
  if (mapping.kind !== 'window' || !buckets) return;
  throw new StrataError('bad_definition', `${dataset.name} reads ${input.name} by a window, but buckets have no time`, {
    where: dataset.name,
    hint: 'Read it with .all().',
  });
}

/** Only a merge and a history say which keys changed: a reader of anything else by key and time would never become stale. */
function refuseAsOfWithoutKeyChanges(dataset: DerivedDataset, name: string): void {
  const { dataset: input, mapping } = dataset.inputs[name]!;
  if (mapping.kind !== 'asOf' || (input.kind === 'derived' && input.write.kind === 'merge')) return;
  if (input.kind === 'derived' && input.history) {
    refuseOtherHistoryKey(dataset, input.history, input.name, mapping);
    return;
  }
  throw new StrataError(
    'bad_definition',
    `${dataset.name} reads ${input.name} as of a time, but ${input.name} is not merged by key`,
    { where: dataset.name, hint: `Write ${input.name} with merge({ latestBy }), or read it with .all() or .lookup().` },
  );
}

/** A history says what changed by its natural key and from valid_from on, and by nothing else. */
function refuseOtherHistoryKey(
  dataset: DerivedDataset,
  { key }: Type2,
  input: string,
  mapping: Mapping & { readonly kind: 'asOf' },
): void {
  const on = Object.keys(mapping.on);
  if (on.length === 1 && on[0] === key && mapping.validFrom === 'valid_from') return;
  throw new StrataError(
    'bad_definition',
    `${dataset.name} reads the history ${input} by ${on.join(', ')} and ${mapping.validFrom}`,
    {
      where: dataset.name,
      hint: `Read it by its key and valid_from: asOf({ on: { ${key}: ... }, at: ..., validFrom: 'valid_from' }).`,
    },
  );
}

function refuseUnknownColumns(dataset: DerivedDataset, name: string): void {
  const { dataset: input, mapping } = dataset.inputs[name]!;
  if (mapping.kind !== 'asOf') return;
  const here = new Set(dataset.columns.map((c) => c.name));
  const there = new Set(input.columns.map((c) => c.name));
  const missing = [
    ...Object.values(mapping.on)
      .filter((c) => !here.has(c))
      .map((c) => `${dataset.name}.${c}`),
    ...(here.has(mapping.at) ? [] : [`${dataset.name}.${mapping.at}`]),
    ...[...Object.keys(mapping.on), mapping.validFrom].filter((c) => !there.has(c)).map((c) => `${input.name}.${c}`),
  ];
  if (missing.length === 0) return;
  throw new StrataError(
    'bad_definition',
    `${dataset.name}: input ${name} names columns that do not exist: ${missing.join(', ')}`,
    {
      where: dataset.name,
      hint: 'asOf takes columns of the input in `on` (left) and `validFrom`, and of the output in `on` (right) and `at`.',
    },
  );
}
