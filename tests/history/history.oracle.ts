import { createHash } from 'node:crypto';

/** One observation of a customer. Times are whole seconds since the epoch. */
export interface CustomerSeen {
  readonly id: string;
  readonly segment: string;
  readonly country: string | null;
  readonly email: string;
  readonly updatedAt: number;
  /** The look found it gone at this second. */
  readonly deletedAt?: number;
  readonly position: number;
}

export interface PaymentSeen {
  readonly id: string;
  readonly customer: string | null;
  readonly cents: number;
  readonly paidAt: number;
  readonly updatedAt: number;
  readonly position: number;
}

export interface DimensionRow {
  readonly customer_key: string;
  readonly customer_id: string | null;
  readonly segment: string;
  readonly country: string | null;
  readonly email: string | null;
  /** Seconds; null: since ever. */
  readonly from: number | null;
  readonly to: number | null;
  readonly current: boolean;
  readonly inferred: boolean;
}

/** As documented: the first 63 bits of the md5 of the natural key and the moment from which the row holds. */
export function customerKey(id: string, from: number | null): string {
  const bound = from === null ? '-infinity' : new Date(from * 1000).toISOString().replace('Z', '000Z');
  const digest = createHash('md5').update(`${id}|${bound}`).digest();
  return String(digest.readBigUInt64BE(0) >> 1n);
}

/** The dimension by its definition: replay each customer's life, moment by moment. */
export function dimension(seen: readonly CustomerSeen[], payments: readonly PaymentSeen[]): DimensionRow[] {
  const rows: DimensionRow[] = [
    { ...nobody('unknown'), customer_key: '-1', customer_id: null },
    { ...nobody('not applicable'), customer_key: '-2', customer_id: null },
  ];
  const mentioned = latest(payments).flatMap((p) => p.customer ?? []);
  for (const id of new Set([...seen.map((c) => c.id), ...mentioned])) {
    const life = lifeOf(seen.filter((c) => c.id === id));
    if (life.length > 0) rows.push(...life);
    else if (mentioned.includes(id)) {
      rows.push({ ...nobody('unknown'), customer_key: customerKey(id, null), customer_id: id, inferred: true });
    }
  }
  return rows;
}

const nobody = (segment: string): Omit<DimensionRow, 'customer_key' | 'customer_id'> => ({
  segment,
  country: null,
  email: null,
  from: null,
  to: null,
  current: true,
  inferred: false,
});

function lifeOf(seen: readonly CustomerSeen[]): DimensionRow[] {
  const moments = new Map<number, CustomerSeen>();
  for (const one of [...seen].sort((a, b) => a.position - b.position)) moments.set(one.deletedAt ?? one.updatedAt, one);
  const rows: DimensionRow[] = [];
  let alive: DimensionRow | undefined;
  let email: string | null = null;
  for (const [at, one] of [...moments].sort(([a], [b]) => a - b)) {
    const gone = one.deletedAt !== undefined;
    if (!gone) email = one.email;
    const same = alive && !gone && alive.segment === one.segment && alive.country === one.country;
    if (same || (gone && !alive)) continue;
    if (alive) rows[rows.length - 1] = { ...alive, to: at, current: false };
    alive = undefined;
    if (gone) continue;
    const from = rows.length === 0 ? null : at;
    const { id, segment, country } = one;
    alive = { ...nobody(segment), country, customer_id: id, customer_key: customerKey(id, from), from };
    rows.push(alive);
  }
  return rows.map((row) => ({ ...row, email }));
}

/** Of each payment the newest version. */
export function latest(payments: readonly PaymentSeen[]): PaymentSeen[] {
  const newest = new Map<string, PaymentSeen>();
  for (const p of payments) {
    const known = newest.get(p.id);
    const newer =
      !known || p.updatedAt > known.updatedAt || (p.updatedAt === known.updatedAt && p.position > known.position);
    if (newer) newest.set(p.id, p);
  }
  return [...newest.values()];
}

export interface FactRow {
  readonly payment_id: string;
  readonly customer_key: string;
  readonly segment: string;
  readonly cents: number;
}

/** Each payment with the row of its customer that held last at the time of the payment. */
export function facts(rows: readonly DimensionRow[], payments: readonly PaymentSeen[]): FactRow[] {
  return latest(payments).map((p) => {
    const own = rows.filter((r) => r.customer_id !== null && r.customer_id === p.customer);
    const held = own.filter((r) => r.from === null || r.from <= p.paidAt);
    const last = held.reduce<DimensionRow | undefined>(
      (best, r) => (best && (best.from ?? -1) > (r.from ?? -1) ? best : r),
      undefined,
    );
    return {
      payment_id: p.id,
      customer_key: last?.customer_key ?? '-1',
      segment: last?.segment ?? 'unknown',
      cents: p.cents,
    };
  });
}
