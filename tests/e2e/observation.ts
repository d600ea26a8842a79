// The driver's own, so that its types are those that the oracle knows.
import { BSON } from 'mongodb';
import { instantValue, integerValue, uuidValue } from '../oracle/document-values.ts';
import { scoreValue } from '../oracle/score.oracle.ts';
import type { TextRow } from './text-rows.ts';

/** What the business rules make of one observation in bronze. */
export interface Seen {
  readonly valid: boolean;
  /** Of the business, as text; empty where it cannot be made. */
  readonly key: string;
  /** The value that decides between two of one key, comparable as text. */
  readonly order: string;
}

interface Rules {
  readonly key: readonly string[];
  /** Column of silver that holds the order. */
  readonly latestBy: string;
  /** The later look wins, whatever the row says of its time. */
  readonly byLook?: true;
  readonly read: (observation: TextRow) => Seen;
}

const INVALID: Seen = { valid: false, key: '', order: '' };

/** A row of PostgreSQL is valid as it is: the database's own constraints are stricter than ours. */
const plain = (
  source: readonly string[],
  silver: readonly string[],
  latestBy: string,
  orderColumn = 'updated_at',
): Rules => ({
  key: silver,
  latestBy,
  read: (row) => ({
    valid: true,
    key: source.map((column) => row[column]).join('|'),
    order: row[orderColumn]!,
  }),
});

/** Of a table read whole, or whose deleted keys are looked for. */
function byLook(source: readonly string[], silver: readonly string[]): Rules {
  return { ...plain(source, silver, ''), byLook: true };
}

const micros = (iso: string): string => `${iso.slice(0, -1)}000`;
const field = (row: TextRow, column: string): unknown => {
  const text = row[column];
  return text === null || text === undefined ? undefined : BSON.EJSON.parse(text, { relaxed: false });
};

const RULES: Readonly<Record<string, Rules>> = {
  'silver.payment': plain(['id'], ['payment_id'], 'updated_at'),
  'silver.payment_state_change': plain(['id'], ['change_id'], 'changed_at'),
  'silver.refund': plain(['id'], ['refund_id'], 'updated_at'),
  'silver.customer': plain(['id'], ['customer_id'], 'updated_at'),
  'silver.merchant': plain(['id'], ['merchant_id'], 'updated_at'),
  'silver.exchange_rate': plain(['currency', 'rate_date'], ['currency', 'rate_date'], 'updated_at'),
  'silver.dispute': plain(['id'], ['dispute_id'], 'updated_at'),
  'silver.order_line': plain(['transaction_id', 'line_no'], ['payment_id', 'line_no'], 'updated_at'),
  'silver.tax_rate': byLook(['country', 'kind', 'valid_from'], ['country', 'kind', 'valid_from']),
  'silver.public_holiday': byLook(['country', 'holiday_date'], ['country', 'holiday_date']),
  'silver.subscription': byLook(['id'], ['subscription_id']),
  'silver.fee_schedule': plain(
    ['payment_method', 'merchant_size', 'valid_from'],
    ['payment_method', 'merchant_size', 'valid_from'],
    'updated_at',
  ),
  'silver.country': byLook(['code'], ['country_code']),
  'silver.city': plain(['country', 'name'], ['country', 'city'], 'updated_at'),
  'silver.currency': plain(['code'], ['currency'], 'updated_at'),
  'silver.payment_method': plain(['name'], ['payment_method'], 'updated_at'),
  'silver.device_type': plain(['name'], ['device_type'], 'updated_at'),
  'silver.product': plain(['id'], ['product_id'], 'updated_at'),
  'silver.product_category': plain(['id'], ['category_id'], 'updated_at'),
  'silver.customer_version': plain(['id', 'updated_at'], ['customer_id', 'changed_at'], 'changed_at'),
  'silver.merchant_version': plain(['id', 'updated_at'], ['merchant_id', 'changed_at'], 'changed_at'),
  'feature.fraud_label': plain(['id'], ['dispute_id'], 'known_at', 'created_at'),
  'silver.review': { key: ['payment_id', 'customer_id'], latestBy: 'precedence', read: readReview },
  'silver.session': { key: ['session_id'], latestBy: 'precedence', read: readSession },
  'silver.scored_payment': { key: ['payment_id'], latestBy: 'precedence', read: readScore },
  'silver.server_session': { key: ['document_id'], latestBy: 'updated_at', read: readServerLog },
};

function readReview(row: TextRow): Seen {
  const payment = uuidValue(field(row, 'transaction_id'));
  const customer = uuidValue(field(row, 'customer_id'));
  const rating = integerValue(field(row, 'rating'));
  const at = instantValue(field(row, 'timestamp'));
  if (payment === null || customer === null || rating === null || at === null) return INVALID;
  if (rating < 1n || rating > 5n) return INVALID;
  return { valid: true, key: `${payment}|${customer}`, order: `${micros(at)} ${row.id}` };
}

function readSession(row: TextRow): Seen {
  const id = field(row, 'session_id');
  const raw = field(row, 'duration') ?? null;
  const duration = raw === null ? null : integerValue(raw);
  const events = field(row, 'events');
  if (typeof id !== 'string' || id === '' || instantValue(field(row, 'session_start')) === null) return INVALID;
  if (raw !== null && (duration === null || duration < 0n)) return INVALID;
  if (events !== undefined && !Array.isArray(events)) return INVALID;
  return { valid: true, key: id, order: `${row.updated_at!.slice(0, -1)} ${row.id}` };
}

function readScore(row: TextRow): Seen {
  const payment = uuidValue(field(row, 'transaction_id'));
  if (payment === null || scoreValue(field(row, 'anomaly_score')) === undefined) return INVALID;
  return { valid: true, key: payment, order: `${row.updated_at!.slice(0, -1)} ${row.id}` };
}

function readServerLog(row: TextRow): Seen {
  const lines = field(row, 'lines') ?? null;
  if (lines !== null && !Array.isArray(lines)) return INVALID;
  return { valid: true, key: row.id!, order: row.updated_at! };
}

export const readObservation = {
  ofObservation: (silver: string, observation: TextRow): Seen => RULES[silver]!.read(observation),
  ofRow: (silver: string, row: TextRow): { key: string } => ({
    key: RULES[silver]!.key.map((column) => row[column]).join('|'),
  }),
  /** Does the row of silver beat the observation? A tie of both is no victory: then they are the same. */
  isGreater(silver: string, row: TextRow, seen: Seen, observation: TextRow): boolean {
    const { latestBy, byLook } = RULES[silver]!;
    if (!byLook && row[latestBy] !== seen.order) return row[latestBy]! > seen.order;
    return BigInt(row._position!) > BigInt(observation._position!);
  },
};
