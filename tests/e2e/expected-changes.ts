import { createHash } from 'node:crypto';
import { changedPartitions } from '../oracle/changed-partitions.ts';
import type { Changed } from './changes.ts';
import { columnsOf, type TextRow } from './text-rows.ts';

/** Table -> the column whose day is the partition. */
const DAY_OF: Readonly<Record<string, string>> = {
  'silver.payment': 'event_date',
  'silver.refund': 'refund_date',
  'silver.payment_state_change': 'changed_at',
  'silver.review': 'reviewed_at',
  'silver.session': 'session_start',
  'silver.mention': 'mention_date',
  'silver.order_line': 'payment_date',
  'silver.dispute': 'payment_date',
  'silver.gateway_event': 'told_at',
  'silver.scored_payment': 'copied_at',
  'silver.server_session': 'logged_at',
  'silver.server_log_line': 'logged_at',
  'gold.fact_payment': 'event_date',
  'gold.fact_refund': 'refund_date',
  'gold.fact_revenue': 'revenue_date',
  'gold.fact_fraud_analysis': 'event_date',
  'gold.fact_customer_segmentation': 'event_date',
  'gold.fact_session': 'session_date',
  'gold.fact_review': 'review_date',
  'gold.daily_revenue_by_merchant': 'revenue_date',
};
/** Table -> the column whose week is the partition, by its Monday. */
const WEEK_OF: Readonly<Record<string, string>> = { 'gold.customer_segmentation_summary': 'week_start' };
/** Table -> the column whose month is the partition; tables named nowhere are one partition. */
const MONTH_OF: Readonly<Record<string, string>> = {
  'gold.monthly_fraud_statistics': 'month_start',
  'gold.product_performance_metrics': 'month_start',
};

/** Table -> the column whose bucket is the partition, and how many there are. */
const BUCKET_OF: Readonly<Record<string, readonly [column: string, count: number]>> = {
  'silver.customer_version': ['customer_id', 8],
  'silver.merchant_version': ['merchant_id', 4],
  'gold.dim_customer': ['customer_id', 8],
  'gold.dim_merchant': ['merchant_id', 4],
};

/** As documented: the first 32 bits of the md5 of the key, modulo the number of buckets; no key: the first. */
function bucketOf(natural: string | null, count: number): string {
  const number = natural === null ? 0 : createHash('md5').update(natural).digest().readUInt32BE(0) % count;
  return `b${String(number).padStart(2, '0')}of${count}`;
}

type Tables = Readonly<Record<string, readonly TextRow[]>>;

const partitionOf = (table: string) => (row: TextRow) => {
  const [day, week, month] = [DAY_OF[table], WEEK_OF[table], MONTH_OF[table]];
  const bucket = BUCKET_OF[table];
  if (bucket) return bucketOf(row[bucket[0]] ?? null, bucket[1]);
  if (day !== undefined) return row[day]!.slice(0, 10);
  if (week !== undefined) return `${row[week]}w`;
  return month === undefined ? 'all' : row[month]!.slice(0, 7);
};

/** Table -> partitions in which two recomputations differ, as `changedTables` gives it. */
export function changedByOracle(before: Tables, after: Tables): Record<string, Changed> {
  const changes: Record<string, Changed> = {};
  for (const table of Object.keys(after)) {
    const content = changedPartitions(inOrder(before[table] ?? []), inOrder(after[table]!), partitionOf(table));
    if (content.length > 0) changes[table] = { content, files: content };
  }
  return changes;
}

/** The same columns in the same order on both sides, so that equal rows are equal texts. */
function inOrder(rows: readonly TextRow[]): TextRow[] {
  const columns = columnsOf(rows);
  return rows.map((row) => Object.fromEntries(columns.map((column) => [column, row[column]!])));
}

/** Of all changes those in silver and gold: bronze and quarantine only ever grow. */
export const changedTables = (changes: Readonly<Record<string, Changed>>): Record<string, Changed> =>
  Object.fromEntries(Object.entries(changes).filter(([table]) => /^(silver|gold)\./.test(table)));
