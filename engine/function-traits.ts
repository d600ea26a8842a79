import type { Session } from './session.ts';

export interface FunctionTraits {
  /** Give another value when called again with the same arguments. */
  readonly volatile: ReadonlySet<string>;
  readonly aggregates: ReadonlySet<string>;
}

/** What DuckDB calls stable but depends on the clock or on the session. */
const ALSO_VOLATILE = [
  'current_localtimestamp',
  'current_localtime',
  'current_timestamp',
  'current_time',
  'localtimestamp',
  'localtime',
  'getvariable',
  'current_setting',
  'getenv',
];

/** Raises and gives no value at all: as good as a failed cast. */
const NEVER_VOLATILE = new Set(['error']);

const known = new WeakMap<Session, Promise<FunctionTraits>>();

/** Asked from DuckDB itself, so that a new version's functions are known too. */
export function functionTraits(session: Session): Promise<FunctionTraits> {
  const traits = known.get(session) ?? load(session);
  known.set(session, traits);
  return traits;
}

async function load(session: Session): Promise<FunctionTraits> {
  const rows = await session.rows<{ name: string; kind: string; volatile: boolean }>(
    `SELECT DISTINCT function_name AS name, function_type AS kind, coalesce(stability <> 'CONSISTENT', false) AS volatile
     FROM duckdb_functions() WHERE function_type IN ('scalar', 'aggregate')`,
  );
  const names = (keep: (row: (typeof rows)[number]) => boolean) => rows.filter(keep).map((row) => row.name);
  const volatile = names((row) => row.kind === 'scalar' && row.volatile && !NEVER_VOLATILE.has(row.name));
  return {
    volatile: new Set([...volatile, ...ALSO_VOLATILE]),
    aggregates: new Set(names((row) => row.kind === 'aggregate')),
  };
}
