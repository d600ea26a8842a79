import type { SourceDataset } from '../../core/dataset.ts';
import { StrataError } from '../../core/errors.ts';
import { type Instant, instantFromMicros, microsOf } from '../../core/instant.ts';
import type { ExtractRequest } from '../extraction.types.ts';
import { type PgRelation, quote } from './catalog.ts';

/** The cursor column and how instants are written for comparing with it, so that its index is used. */
export interface Cursor {
  readonly sql: string;
  readonly notNull: boolean;
  readonly attribute: string;
  /** The column's least value that is not before the moment. */
  readonly literal: (at: Instant) => string;
  /** Microseconds since the epoch of an expression over the column, as text. */
  readonly micros: (expression: string) => string;
}

const DAY_MICROS = 86_400_000_000n;

/** @throws bad_definition when the cursor is no time */
export function cursorOf(dataset: SourceDataset, relation: PgRelation): Cursor | undefined {
  if (dataset.extraction.kind !== 'cursor') return undefined;
  const source = relation.columns.get(dataset.sourceColumns[dataset.extraction.column]!)!;
  const shape = literals(source.type);
  if (!shape) {
    throw new StrataError(
      'bad_definition',
      `${dataset.name}: the cursor ${source.name} is ${source.declared}, not a time`,
      {
        where: dataset.name,
        hint: 'A cursor is timestamptz, timestamp or date; a table without one is read by snapshot().',
      },
    );
  }
  return { sql: quote(source.name), notNull: source.notNull, attribute: source.name, ...shape };
}

function literals(type: string): Pick<Cursor, 'literal' | 'micros'> | undefined {
  const epoch = (moment: string) => `(extract(epoch from ${moment}) * 1000000)::int8::text`;
  switch (type) {
    case 'timestamptz':
      return { literal: (at) => `'${at}'::timestamptz`, micros: epoch };
    case 'timestamp':
      return { literal: (at) => `'${at.slice(0, -1)}'::timestamp`, micros: epoch };
    case 'date':
      return { literal: (at) => `'${firstDayFrom(at)}'::date`, micros: epoch };
    default:
      return undefined;
  }
}

/** A date stands for its midnight: the first one not before the moment. */
function firstDayFrom(at: Instant): string {
  const micros = microsOf(at);
  const rest = ((micros % DAY_MICROS) + DAY_MICROS) % DAY_MICROS;
  return instantFromMicros(rest === 0n ? micros : micros - rest + DAY_MICROS).slice(0, 10);
}

/** The asked range as a condition; `true` for everything. */
export function rangeCondition(cursor: Cursor | undefined, request: ExtractRequest): string {
  if (!cursor) return 'true';
  const bounds = [
    request.lower && `${cursor.sql} >= ${cursor.literal(request.lower)}`,
    request.upper && `${cursor.sql} < ${cursor.literal(request.upper)}`,
  ].filter(Boolean);
  return bounds.length > 0 ? bounds.join(' and ') : 'true';
}
