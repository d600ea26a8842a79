import { BSON, type Db, Decimal128, Double, Int32, Long } from 'mongodb';
import { uuidValue } from './document-values.ts';
import { booleanOf, type OracleDocuments, provenance, winners } from './documents.oracle.ts';

export interface OracleScore {
  payment_id: string;
  anomaly_score: string | null;
  is_fraud: boolean | null;
  anomaly_reasons: string | null;
  scored_by: string | null;
  copied_at: string;
  document_id: string;
  updated_at: string;
}

/** Valid scored copies as they stand now, by payment. */
export function oracleScores(db: Db): Promise<OracleDocuments<OracleScore>> {
  return winners(db, 'transaction', (document) => {
    const payment_id = uuidValue(document.transaction_id);
    const score = scoreValue(document.anomalyScore);
    if (payment_id === null || score === undefined) return null;
    const reasons = document.anomalyReasons;
    const row = {
      payment_id,
      anomaly_score: score,
      is_fraud: booleanOf(document.isFraud),
      anomaly_reasons: Array.isArray(reasons) ? BSON.EJSON.stringify(reasons, { relaxed: false }) : null,
      scored_by: typeof document.scoredBy === 'string' ? document.scoredBy : null,
      copied_at: madeAt(document),
      ...provenance(document),
    };
    return { key: payment_id, rank: (document.updated_at as Date).toISOString(), row };
  });
}

/** When a document was first written, in the words of its id. */
export const madeAt = (document: Record<string, unknown>): string =>
  `${(document._id as BSON.ObjectId).getTimestamp().toISOString().slice(0, -1)}000Z`;

/** Six decimals; null where there is none; undefined where it is no number from 0 to 1. */
export function scoreValue(value: unknown): string | null | undefined {
  if (value === undefined || value === null) return null;
  const isNumber = value instanceof Double || value instanceof Int32 || value instanceof Long;
  const isText = typeof value === 'string' && /^-?[0-9]+(\.[0-9]+)?$/.test(value.trim());
  if (!isNumber && !isText && !(value instanceof Decimal128)) return undefined;
  const number = Number(value.toString());
  return number >= 0 && number <= 1 ? (Math.round(number * 1e6) / 1e6).toFixed(6) : undefined;
}
