import { StrataError } from '../core/errors.ts';
import type { Session } from '../engine/session.ts';
import { benjaminiHochberg } from './benjamini-hochberg.ts';
import { type ComparedColumn, compareColumn } from './compare-column.ts';
import type { DriftColumn, DriftOptions, DriftResult, Sample, Verdict } from './drift.types.ts';

export interface DriftInput {
  readonly reference: Sample;
  readonly current: Sample;
  readonly columns: readonly DriftColumn[];
  readonly options?: DriftOptions;
}

const DEFAULTS: Required<DriftOptions> = {
  leastEffect: 0.1,
  falseDiscoveryRate: 0.05,
  leastRows: 30,
  driftShare: 0.5,
};

/**
 * Compares two samples column by column, in DuckDB: memory is the session's limit whatever the number of rows. Broken data
 * (empty windows, missing or constant columns, too few rows) is a state of the result.
 * @throws bad_input when no column is named, one is not there, or its type has no distribution
 */
export async function detectDrift(session: Session, input: DriftInput): Promise<DriftResult> {
  const options = { ...DEFAULTS, ...input.options };
  refuseWrongOptions(input, options);
  const judging = { ...options, alpha: options.falseDiscoveryRate };
  const compared: ComparedColumn[] = [];
  for (const column of input.columns) {
    compared.push(await compareColumn(session, input.reference, input.current, column, judging));
  }
  const adjusted = benjaminiHochberg(compared.map(({ verdict }) => verdict.pValue));
  const columns = compared.map((column, i) => ({
    ...column,
    verdict: {
      ...column.verdict,
      adjustedP: adjusted[i]!,
      says: say(column, adjusted[i]!, options.falseDiscoveryRate),
    },
  }));
  const features = columns.filter(({ role }) => role === 'feature');
  const judged = features.filter(({ byDefault }) => byDefault);
  const share = judged.filter(({ byDefault }) => byDefault?.drifted).length / Math.max(1, judged.length);
  return {
    reference: input.reference.label,
    current: input.current.label,
    options,
    columns,
    drifted: features.filter(({ verdict }) => verdict.says === 'drift').map(({ column }) => column),
    byDefault: { share, drifted: judged.length > 0 && share >= options.driftShare },
  };
}

function say({ verdict, leastEffect }: ComparedColumn, adjustedP: number, rate: number): Verdict['says'] {
  if (adjustedP <= rate) return 'drift';
  return verdict.atMost < leastEffect ? 'no_drift' : 'undecided';
}

function refuseWrongOptions({ columns }: DriftInput, options: Required<DriftOptions>): void {
  const bad = (message: string, hint: string) => new StrataError('bad_input', message, { hint });
  if (columns.length === 0) throw bad('No column is named to look for drift in', 'Name at least one column.');
  const twice = columns.find(({ name }, i) => columns.findIndex((c) => c.name === name) !== i);
  if (twice) throw bad(`Column ${twice.name} is named twice`, 'Name each column once.');
  const effect = columns.find(({ leastEffect = 0.5 }) => !(leastEffect > 0 && leastEffect < 1));
  if (effect)
    throw bad(`leastEffect of ${effect.name} is ${effect.leastEffect}`, 'It is a share: more than 0, less than 1.');
  for (const name of ['leastEffect', 'falseDiscoveryRate', 'driftShare'] as const) {
    const value = options[name];
    if (!(value > 0 && value < 1)) throw bad(`${name} is ${value}`, 'It is a share: more than 0 and less than 1.');
  }
}
