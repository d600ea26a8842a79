import { expect } from 'vitest';
import type { LakeReader } from './lake-reader.ts';
import { readObservation } from './observation.ts';
import type { TextRow } from './text-rows.ts';

/** A table that merges <- the bronze table whose observations it takes in, and that table's key. */
export const MERGED: Readonly<Record<string, { readonly bronze: string; readonly key: readonly string[] }>> = {
  'silver.payment': { bronze: 'bronze.transaction', key: ['id'] },
  'silver.payment_state_change': { bronze: 'bronze.transaction_state_change', key: ['id'] },
  'silver.refund': { bronze: 'bronze.refund', key: ['id'] },
  'silver.customer': { bronze: 'bronze.customer', key: ['id'] },
  'silver.customer_version': { bronze: 'bronze.customer', key: ['id'] },
  'silver.merchant': { bronze: 'bronze.merchant', key: ['id'] },
  'silver.merchant_version': { bronze: 'bronze.merchant', key: ['id'] },
  'silver.exchange_rate': { bronze: 'bronze.exchange_rate', key: ['currency', 'rate_date'] },
  'silver.country': { bronze: 'bronze.country', key: ['code'] },
  'silver.city': { bronze: 'bronze.city', key: ['id'] },
  'silver.currency': { bronze: 'bronze.currency', key: ['code'] },
  'silver.payment_method': { bronze: 'bronze.payment_method', key: ['name'] },
  'silver.device_type': { bronze: 'bronze.device_type', key: ['name'] },
  'silver.product': { bronze: 'bronze.product', key: ['id'] },
  'silver.product_category': { bronze: 'bronze.product_category', key: ['id'] },
  'silver.dispute': { bronze: 'bronze.dispute', key: ['id'] },
  'feature.fraud_label': { bronze: 'bronze.dispute', key: ['id'] },
  'silver.order_line': { bronze: 'bronze.order_line', key: ['transaction_id', 'line_no'] },
  'silver.fee_schedule': { bronze: 'bronze.fee_schedule', key: ['payment_method', 'merchant_size', 'valid_from'] },
  'silver.tax_rate': { bronze: 'bronze.tax_rate', key: ['country', 'kind', 'valid_from'] },
  'silver.public_holiday': { bronze: 'bronze.public_holiday', key: ['country', 'holiday_date'] },
  'silver.subscription': { bronze: 'bronze.subscription', key: ['id'] },
  'silver.review': { bronze: 'bronze.customer_review', key: ['id'] },
  'silver.session': { bronze: 'bronze.user_interaction', key: ['id'] },
  'silver.scored_payment': { bronze: 'bronze.app_transaction', key: ['id'] },
  'silver.server_session': { bronze: 'bronze.app_log', key: ['id'] },
};

export interface Account {
  readonly observations: number;
  readonly current: number;
  readonly superseded: number;
  readonly quarantined: number;
  /** Deletions that hold: nothing of their key has come after them. */
  readonly deleted: number;
}

const bar = (values: readonly (string | null | undefined)[]): string => values.map((value) => value ?? '').join('|');

/**
 * Every observation in bronze is exactly one of current (a row of silver came from it), superseded (valid, and silver holds
 * a greater one of its key, or its key was deleted after it), deleted (the deletion of a key that silver does not hold) and
 * quarantined (invalid, and in quarantine). Anti-joins in both directions, over the files.
 * What is valid, and which of two is greater, is judged here from the business rules.
 */
export async function accountFor(lake: LakeReader, silver: string): Promise<Account> {
  const { bronze, key } = MERGED[silver]!;
  const observations = await lake.rows(bronze);
  const rows = await lake.rows(silver);
  const nameOf = (observation: TextRow) =>
    bar([observation._partition, observation._position, bar(key.map((column) => observation[column]))]);

  const current = new Map<string, TextRow>();
  const byKey = new Map<string, TextRow>();
  for (const row of rows) {
    const { key: business } = readObservation.ofRow(silver, row);
    const name = bar([row._bronze_partition, row._position, row._tie ?? business]);
    expect(current.has(name), `two rows of ${silver} came from one observation: ${name}`).toBe(false);
    current.set(name, row);
    byKey.set(business, row);
  }
  const quarantined = await countedQuarantine(lake, silver);

  const deletions = new Map<string, TextRow>();
  for (const observation of observations.filter(({ _op }) => _op === 'd')) {
    const { key: business } = readObservation.ofObservation(silver, observation);
    const held = deletions.get(business);
    if (!held || BigInt(observation._position!) > BigInt(held._position!)) deletions.set(business, observation);
  }

  const account = { observations: observations.length, current: 0, superseded: 0, quarantined: 0, deleted: 0 };
  const wrong: string[] = [];
  const names = new Set<string>();
  for (const observation of observations) {
    const name = nameOf(observation);
    if (names.has(name)) wrong.push(`in bronze twice: ${name}`);
    names.add(name);
    const seen = readObservation.ofObservation(silver, observation);
    const winner = seen.valid ? byKey.get(seen.key) : undefined;
    const deletion = winner === undefined ? deletions.get(seen.key) : undefined;
    const beaten =
      winner !== undefined
        ? readObservation.isGreater(silver, winner, seen, observation)
        : deletion !== undefined && BigInt(deletion._position!) > BigInt(observation._position!);
    const is = {
      ...{ current: current.has(name), superseded: beaten, quarantined: quarantined.has(name) },
      deleted: deletion === observation,
    };
    const states = Object.entries(is).filter(([, yes]) => yes);
    if (states.length !== 1) wrong.push(`${name} is ${states.map(([state]) => state).join(' and ') || 'lost'}`);
    if (is.quarantined === seen.valid)
      wrong.push(`${name} is ${seen.valid ? 'valid' : 'invalid'}, but quarantined: ${is.quarantined}`);
    for (const [state] of states) account[state as keyof typeof is] += 1;
  }
  for (const name of current.keys()) if (!names.has(name)) wrong.push(`silver came from nothing: ${name}`);
  for (const name of quarantined) if (!names.has(name)) wrong.push(`quarantine came from nothing: ${name}`);
  if (wrong.length > 0) {
    throw new Error(`${silver}, ${wrong.length} times wrong; first of all:\n${wrong.slice(0, 5).join('\n')}`);
  }
  return account;
}

/** Observations in quarantine that count: their claim is the one that took their input partition in. */
async function countedQuarantine(lake: LakeReader, silver: string): Promise<Set<string>> {
  const marks = await lake.marks(silver);
  const rows = await lake.rows(`quarantine.${silver.replace('.', '__')}`);
  const counted = rows.filter((row) => row.claim === marks.get(row.input_partition!));
  const names = counted.map((row) => bar([row.input_partition, row.position, row.tie]));
  expect(new Set(names).size, `${silver}: an observation is in quarantine once`).toBe(names.length);
  return new Set(names);
}
