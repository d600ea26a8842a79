import { join } from 'node:path';
import { openSession, type Session } from '../../engine/session.ts';
import { literal } from '../../engine/sql-text.ts';
import { type Column, type Dataset, sharedColumn } from '../../ml/dataset.ts';

export interface Part extends Dataset {
  /** The same rows as CSV, target first, for Python. */
  readonly csv: string;
  readonly customers: Float64Array;
  readonly days: Float64Array;
}

export interface Fold {
  readonly train: Part;
  readonly test: Part;
}

/** 2018-07-25 is day 115 of the data; each fold begins a week before the one before it. */
const FIRST_TRAINING_DAY = 115;
const WEEK = 7;

/** Rows and frauds of the handbook's own split, first fold. */
const EXPECTED = { train: [67_240, 598], test: [58_264, 385] } as const;

/** Four folds as the handbook makes them: a week to train, a week until labels are known, a week to test. */
export async function makeFolds(features: string, folder: string, count: number): Promise<Fold[]> {
  await using session = await openSession({ memoryLimit: '2GB', threads: 2, tempDirectory: folder });
  const folds: Fold[] = [];
  for (let fold = 0; fold < count; fold++) {
    const first = FIRST_TRAINING_DAY - fold * WEEK;
    const rows = `SELECT * FROM ${literal(features)} AS t WHERE`;
    const train = `${rows} tx_time_days BETWEEN ${first} AND ${first + 6}`;
    // A customer known to be defrauded, by labels that are a week old, is not judged again.
    const test = `${rows} tx_time_days BETWEEN ${first + 2 * WEEK} AND ${first + 3 * WEEK - 1} AND NOT EXISTS (
      SELECT 1 FROM ${literal(features)} AS known WHERE known.customer_id = t.customer_id AND known.tx_fraud
      AND known.tx_time_days BETWEEN ${first} AND t.tx_time_days - ${WEEK + 1})`;
    folds.push({
      train: await readPart(session, train, join(folder, `train-${fold}.csv`)),
      test: await readPart(session, test, join(folder, `test-${fold}.csv`)),
    });
  }
  for (const [part, [rows, frauds]] of Object.entries(EXPECTED)) {
    const found = folds[0]![part as keyof Fold];
    const positives = found.target.reduce((sum, y) => sum + y, 0);
    if (found.rows !== rows || positives !== frauds) {
      throw new Error(
        `the ${part} set of the first fold has ${found.rows} rows and ${positives} frauds, not ${rows} and ${frauds}`,
      );
    }
  }
  return folds;
}

async function readPart(session: Session, sql: string, csv: string): Promise<Part> {
  const names = (await session.columns(sql)).map((c) => c.name);
  const features = names.slice(names.indexOf('amount'));
  const ordered = `${sql} ORDER BY transaction_id`;
  await session.run(
    `COPY (SELECT CAST(tx_fraud AS INTEGER), ${features.join(', ')} FROM (${ordered})) TO ${literal(csv)} (HEADER)`,
  );
  const wanted = ['CAST(tx_fraud AS INTEGER)', 'customer_id', 'tx_time_days', ...features];
  const doubles = wanted.map((name) => `CAST(${name} AS DOUBLE)`).join(', ');
  const reader = await session.connection.runAndReadAll(`SELECT ${doubles} FROM (${ordered})`);
  const rows = reader.currentRowCount;
  const [target, customers, days, ...values] = reader.getColumns().map((column) => {
    const own = sharedColumn(rows);
    own.set(column as number[]);
    return own;
  });
  const columns: Column[] = features.map((name, i) => ({ name, kind: 'number', values: values[i]! }));
  return { columns, rows, target: Uint8Array.from(target!), csv, customers: customers!, days: days! };
}
