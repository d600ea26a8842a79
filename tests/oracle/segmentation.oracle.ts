import type pg from 'pg';
import { PAYMENTS } from './source-sql.ts';
import { textRows } from './text-query.ts';

type Row = Record<string, string | null>;

interface Spending {
  readonly customer: string;
  /** Days since 1970. */
  readonly day: number;
  readonly payments: number;
  readonly cents: bigint;
  /** Greatest key of the customer's versions on that day. */
  readonly key: bigint;
}

interface Customer {
  readonly id: string;
  readonly recency: number;
  readonly span: number;
  readonly days: number;
  readonly frequency: number;
  readonly cents: bigint;
  readonly key: bigint;
}

type Point = readonly [number, number, number];

const STARTS: readonly { readonly name: string; readonly at: Point }[] = [
  { name: 'high-value', at: [900, 900, 900] },
  { name: 'growth', at: [900, 400, 300] },
  { name: 'at-risk', at: [300, 700, 700] },
  { name: 'dormant', at: [150, 150, 150] },
];
const STEPS = 10;
const WINDOW_DAYS = 84;
const WEEK = 7;
/** 1970 began on a Thursday. */
const FIRST_MONDAY = 4;

/**
 * gold.customer_segmentation_summary, in plain code: RFM and K-means for every week in which somebody bought. Needs the versions
 * of customers that the oracle of the facts has left with this client.
 */
export async function oracleSegmentation(client: pg.Client): Promise<Row[]> {
  const rows = await textRows(
    client,
    `select customer_id, day - date '1970-01-01' as day, count(*) as payments, coalesce(sum(amount_eur), 0)::numeric(38,2) as eur,
       max((select v.key from oracle_customer v where v.id = p.customer_id::text and v.valid_from <= p.event_time
         order by v.valid_from desc limit 1)) as key
     from (${PAYMENTS}) p where captured group by 1, 2`,
  );
  const spendings = rows.map(
    ({ customer_id, day, payments, eur, key }): Spending => ({
      ...{ customer: customer_id!, day: Number(day), payments: Number(payments) },
      cents: BigInt(eur!.replace('.', '')),
      key: BigInt(key!),
    }),
  );
  const weeks = new Set(spendings.map(({ day }) => day - ((day - FIRST_MONDAY) % WEEK)));
  return [...weeks].flatMap((monday) => weekRows(monday, spendings));
}

function weekRows(monday: number, spendings: readonly Spending[]): Row[] {
  const end = monday + WEEK;
  const customers = customersOf(
    spendings.filter(({ day }) => day < end && day >= end - WINDOW_DAYS),
    end,
  );
  const by = {
    recency: (c: Customer) => -c.recency,
    frequency: (c: Customer) => c.frequency,
    money: (c: Customer) => Number(c.cents),
  };
  const points = customers.map(
    (c): Point => [
      rankOf(customers, c, by.recency),
      rankOf(customers, c, by.frequency),
      rankOf(customers, c, by.money),
    ],
  );
  const clusters = kMeans(points);
  const scores = Object.values(by).map((value) => fifths(customers, value));
  const isLeaving = (c: Customer) => c.days > 1 && c.recency > (2 * c.span) / (c.days - 1);
  const leaving = BigInt(customers.filter(isLeaving).length);
  return customers.map((customer, i) => {
    const [r, f, m] = scores.map((score) => score.get(customer)!) as [number, number, number];
    const start = new Date(monday * 86_400_000).toISOString().slice(0, 10);
    return {
      week_start: start,
      week_start_date_key: start.replaceAll('-', ''),
      customer_id: customer.id,
      customer_key: String(customer.key),
      recency_days: String(customer.recency),
      frequency: String(customer.frequency),
      monetary_eur: money(customer.cents),
      recency_score: String(r),
      frequency_score: String(f),
      monetary_score: String(m),
      rfm_segment: rfm(r, f, m),
      kmeans_segment: STARTS[clusters[i]!]!.name,
      is_churn_risk: String(isLeaving(customer)),
      yearly_value_eur: money((customer.cents * 26n + 3n) / 6n),
      lifetime_value_eur: money(lifetimeCents(customer.cents, BigInt(customers.length), leaving)),
    };
  });
}

/** The periods until one of them leaves, on average; five years are 260 weeks. */
function lifetimeCents(cents: bigint, customers: bigint, leaving: bigint): bigint {
  const isLong = leaving === 0n || 12n * customers > 260n * leaving;
  const [periods, of] = isLong ? [260n, 12n] : [customers, leaving];
  return (2n * cents * periods + of) / (2n * of);
}

function customersOf(spendings: readonly Spending[], end: number): Customer[] {
  const groups = new Map<string, Spending[]>();
  for (const spending of spendings) groups.set(spending.customer, [...(groups.get(spending.customer) ?? []), spending]);
  return [...groups].map(([id, list]) => {
    const days = list.map(({ day }) => day);
    const last = Math.max(...days);
    return {
      id,
      recency: end - last,
      span: last - Math.min(...days),
      days: new Set(days).size,
      frequency: list.reduce((sum, { payments }) => sum + payments, 0),
      cents: list.reduce((sum, { cents }) => sum + cents, 0n),
      key: list.find(({ day }) => day === last)!.key,
    };
  });
}

/** Thousandths of the others that are below, those that are equal counted half. */
function rankOf(customers: readonly Customer[], customer: Customer, value: (c: Customer) => number): number {
  const own = value(customer);
  const below = customers.filter((other) => value(other) < own).length;
  const equal = customers.filter((other) => value(other) === own).length - 1;
  return Math.floor((1000 * (below + equal / 2)) / Math.max(customers.length - 1, 1));
}

/** The first groups take what is left over. */
function fifths(customers: readonly Customer[], value: (c: Customer) => number): Map<Customer, number> {
  const sorted = [...customers].sort((a, b) => value(a) - value(b) || (a.id < b.id ? -1 : 1));
  const [size, left] = [Math.floor(sorted.length / 5), sorted.length % 5];
  const found = new Map<Customer, number>();
  let at = 0;
  for (let group = 1; group <= 5; group++) {
    for (let n = size + (group <= left ? 1 : 0); n > 0; n--) found.set(sorted[at++]!, group);
  }
  return found;
}

function kMeans(points: readonly Point[]): number[] {
  let centres: (Point | undefined)[] = STARTS.map(({ at }) => at);
  for (let step = 0; step < STEPS; step++) {
    const nearest = points.map((point) => nearestOf(point, centres));
    centres = centres.map((_, cluster) => {
      const members = points.filter((_, i) => nearest[i] === cluster);
      if (members.length === 0) return undefined;
      const mean = (axis: 0 | 1 | 2) => Math.floor(members.reduce((sum, p) => sum + p[axis], 0) / members.length);
      return [mean(0), mean(1), mean(2)];
    });
  }
  return points.map((point) => nearestOf(point, centres));
}

function nearestOf(point: Point, centres: readonly (Point | undefined)[]): number {
  const distances = centres.map((c) => (c ? c.reduce((sum, x, axis) => sum + (x - point[axis]!) ** 2, 0) : Infinity));
  return distances.indexOf(Math.min(...distances));
}

function rfm(recency: number, frequency: number, money: number): string {
  if (recency < 3) return frequency < 3 && money < 3 ? 'dormant' : 'at-risk';
  return recency > 3 && money > 3 ? 'high-value' : 'growth';
}

function money(cents: bigint): string {
  const text = String(cents).padStart(3, '0');
  return `${text.slice(0, -2)}.${text.slice(-2)}`;
}
