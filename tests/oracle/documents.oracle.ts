import type { Db, ObjectId } from 'mongodb';
import { instantValue, integerValue, uuidValue } from './document-values.ts';

export interface OracleReview {
  transaction_id: string;
  customer_id: string;
  merchant_id: string | null;
  rating: number;
  message: string | null;
  reviewed_at: string;
  document_id: string;
  updated_at: string;
}

export interface OracleSession {
  session_id: string;
  session_start: string;
  duration_seconds: number | null;
  event_count: number;
  page_view_count: number;
  click_count: number;
  form_submit_count: number;
  landing_page: string | null;
  exit_page: string | null;
  device_type: string | null;
  os: string | null;
  browser: string | null;
  ip_address: string | null;
  city: string | null;
  country: string | null;
  is_active: boolean | null;
  document_id: string;
  updated_at: string;
}

/** What a collection holds: the winners by key, how many valid documents they superseded, and the `_id`s of the quarantined. */
export interface OracleDocuments<Row> {
  rows: Row[];
  superseded: number;
  quarantined: string[];
}

interface Candidate<Row> {
  key: string;
  /** Compared as text; the greatest wins, then the greater id. */
  rank: string;
  id: string;
  row: Row;
}

/** Valid reviews as they stand now, one per payment and customer, by these two. */
export function oracleReviews(db: Db): Promise<OracleDocuments<OracleReview>> {
  return winners(db, 'customer_review', (document) => {
    const transaction_id = uuidValue(document.transaction_id);
    const customer_id = uuidValue(document.customer_id);
    const rating = integerValue(document.rating);
    const reviewed_at = instantValue(document.timestamp);
    if (transaction_id === null || customer_id === null || reviewed_at === null) return null;
    if (rating === null || rating < 1n || rating > 5n) return null;
    const merchant_id = uuidValue(document.merchant_id);
    const message = typeof document.message === 'string' ? document.message : null;
    const row = {
      ...{ transaction_id, customer_id, merchant_id, rating: Number(rating), message, reviewed_at },
      ...provenance(document),
    };
    return { key: `${transaction_id} ${customer_id}`, rank: reviewed_at, row };
  });
}

/** Valid sessions as they stand now, by id. */
export function oracleSessions(db: Db): Promise<OracleDocuments<OracleSession>> {
  return winners(db, 'user_interaction', (document) => {
    const session_id = document.session_id;
    const session_start = instantValue(document.session_start);
    const raw = document.sessionDuration;
    const duration = raw === undefined || raw === null ? null : integerValue(raw);
    const events = document.events;
    if (typeof session_id !== 'string' || session_id === '' || session_start === null) return null;
    if (raw !== undefined && raw !== null && (duration === null || duration < 0n)) return null;
    if (events !== undefined && !Array.isArray(events)) return null;
    const row = {
      session_id,
      session_start,
      duration_seconds: duration === null ? null : Number(duration),
      ...eventsOf((events ?? []) as readonly unknown[]),
      device_type: textOf(document.device, 'type')?.toLowerCase() ?? null,
      os: textOf(document.device, 'os'),
      browser: textOf(document.device, 'browser'),
      ip_address: textOf(document.location, 'ip'),
      city: textOf(document.location, 'city'),
      country: textOf(document.location, 'country')?.toUpperCase() ?? null,
      is_active: booleanOf(document.isActive),
      ...provenance(document),
    };
    return { key: session_id, rank: (document.updated_at as Date).toISOString(), row };
  });
}

function eventsOf(events: readonly unknown[]) {
  const ofType = (type: string) => events.filter((event) => textOf(event, 'type') === type).length;
  const pageOf = (event: unknown) => textOf(event, 'pageUrl')?.split(/[?#]/)[0] ?? null;
  return {
    event_count: events.length,
    page_view_count: ofType('page_view'),
    click_count: ofType('click'),
    form_submit_count: ofType('form_submit'),
    landing_page: pageOf(events[0]),
    exit_page: pageOf(events.at(-1)),
  };
}

/** Winners by key of a collection's valid documents; `read` gives null for one that is not. */
export async function winners<Row>(
  db: Db,
  collection: string,
  read: (document: Record<string, unknown>) => Omit<Candidate<Row>, 'id'> | null,
): Promise<OracleDocuments<Row>> {
  const best = new Map<string, Candidate<Row>>();
  const quarantined: string[] = [];
  let superseded = 0;
  // Without promotion each number keeps its BSON type, and a Double 4 is told from an Int32 4.
  for await (const document of db.collection(collection).find({}, { promoteValues: false, batchSize: 200 })) {
    const id = (document._id as ObjectId).toHexString();
    const found = read(document);
    if (found === null) {
      quarantined.push(id);
      continue;
    }
    const held = best.get(found.key);
    if (held) superseded += 1;
    if (!held || found.rank > held.rank || (found.rank === held.rank && id > held.id))
      best.set(found.key, { ...found, id });
  }
  const rows = [...best.values()].sort((a, b) => (a.key < b.key ? -1 : 1)).map((candidate) => candidate.row);
  return { rows, superseded, quarantined: quarantined.sort() };
}

export const provenance = (document: Record<string, unknown>) => ({
  document_id: (document._id as ObjectId).toHexString(),
  updated_at: (document.updated_at as Date).toISOString(),
});

export function textOf(holder: unknown, field: string): string | null {
  const value = holder && typeof holder === 'object' ? (holder as Record<string, unknown>)[field] : undefined;
  return typeof value === 'string' ? value : null;
}

export function booleanOf(value: unknown): boolean | null {
  if (typeof value === 'boolean') return value;
  return value === 'true' ? true : value === 'false' ? false : null;
}
