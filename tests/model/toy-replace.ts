import type { DerivedDataset } from '../../core/dataset.ts';
import { rateAt } from './toy-merge.ts';
import { fact, monthly, rolling } from './toy-project.ts';
import { DAY, groupBy, partitionOf, type Row } from './toy-rows.ts';

/** Input dataset -> its rows, at least those that the output reads. */
export type Inputs = Readonly<Record<string, readonly Row[]>>;

const sum = (rows: readonly Row[], column: string): number =>
  rows.reduce((all, row) => all + ((row[column] as number | null) ?? 0), 0);

const EPOCH_MONTHS = [-29 * DAY, 2 * DAY] as const;
/** First second of the row's month: October or November. */
const monthOf = (seconds: number): number => (seconds < EPOCH_MONTHS[1] ? EPOCH_MONTHS[0] : EPOCH_MONTHS[1]);

/** The toy's SQL of the replaced tables: all rows that the inputs give. */
function select(dataset: DerivedDataset, inputs: Inputs, code: number): Row[] {
  if (dataset === fact) {
    const names = new Map(inputs['silver.merchant']!.map((m) => [m.id, m.name!]));
    return inputs['silver.payment']!.map((p) => ({
      id: p.id!,
      event_time: p.event_time!,
      currency: p.currency!,
      merchant: p.merchant!,
      name: names.get(p.merchant!) ?? 'unknown',
      eur: p.eur!,
      rate: rateAt(inputs['silver.rate']!, p.currency, p.event_time as number),
      code,
    }));
  }
  if (dataset === rolling) {
    const byDay = groupBy(inputs['gold.fact']!, (r) => String(Math.floor((r.event_time as number) / DAY)));
    const days = new Set([...byDay.keys()].flatMap((d) => [Number(d), Number(d) + 1]));
    return [...days].map((d) => ({
      day: d * DAY,
      total: sum([...(byDay.get(String(d)) ?? []), ...(byDay.get(String(d - 1)) ?? [])], 'eur'),
    }));
  }
  if (dataset === monthly) {
    const groups = groupBy(inputs['gold.fact']!, (r) => `${monthOf(r.event_time as number)}|${r.name}`);
    return [...groups.values()].map((rows) => ({
      month: monthOf(rows[0]!.event_time as number),
      name: rows[0]!.name!,
      payments: rows.length,
      total: sum(rows, 'eur'),
    }));
  }
  const rows = inputs['gold.monthly']!;
  return [{ payments: sum(rows, 'payments'), total: sum(rows, 'total') }];
}

/** Rows of these partitions; what the inputs give beyond them is left out. */
export function replaceRows(
  dataset: DerivedDataset,
  inputs: Inputs,
  code: number,
  partitions: readonly string[],
): Map<string, Row[]> {
  const rows = groupBy(select(dataset, inputs, code), (row) => partitionOf(dataset, row));
  return new Map(partitions.map((p) => [p, rows.get(p) ?? []]));
}
