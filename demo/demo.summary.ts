import { fileURLToPath } from 'node:url';
import { type Company, queryPostgres } from './demo.company.ts';
import type { StrataCommand } from './demo.strata.ts';

interface StatusReport {
  readonly datasets: readonly {
    readonly dataset: string;
    readonly rows: number;
    readonly quarantined: number;
    readonly counts: Readonly<Record<string, number>>;
  }[];
}

interface Revenue {
  readonly day: string;
  readonly country: string;
  readonly net_eur: string;
}

const REVENUE = fileURLToPath(new URL('../warehouse-sql/queries/revenue_by_day_and_country.sql', import.meta.url));
const COUNTRIES_SHOWN = 5;

/** Rows per dataset and layer, and what did not pass its checks. */
export async function printRows(strata: StrataCommand): Promise<void> {
  const { datasets } = await strata.json<StatusReport>('status');
  const layers = ['bronze', 'silver', 'gold'];
  const rows = layers.flatMap((layer) => {
    const own = datasets.filter(({ dataset }) => dataset.startsWith(`${layer}.`));
    const sum = (of: (d: (typeof own)[number]) => number) => own.reduce((total, d) => total + of(d), 0);
    return [
      ...own.map((d) => [
        `  ${d.dataset}`,
        number(d.rows),
        d.quarantined > 0 ? number(d.quarantined) : '',
        partitions(d.counts),
      ]),
      [`${layer} (${own.length})`, number(sum((d) => d.rows)), number(sum((d) => d.quarantined)), ''],
    ];
  });
  print(['dataset', 'rows', 'quarantined', 'partitions'], rows);
}

const partitions = (counts: Readonly<Record<string, number>>): string =>
  Object.entries(counts)
    .filter(([, count]) => count > 0)
    .map(([state, count]) => `${count} ${state}`)
    .join(', ');

/** Net revenue in euros by day, the largest countries side by side; read from the warehouse. */
export async function printRevenue(strata: StrataCommand): Promise<void> {
  const found = await strata.json<Revenue[]>('query', '--file', REVENUE);
  const totals = new Map<string, number>();
  for (const { country, net_eur } of found) totals.set(country, (totals.get(country) ?? 0) + Number(net_eur));
  const largest = [...totals].sort(([, a], [, b]) => b - a).slice(0, COUNTRIES_SHOWN);
  const countries = largest.map(([country]) => country);
  const days = [...new Set(found.map(({ day }) => day))].sort();
  const rows = days.map((day) => {
    const own = found.filter((row) => row.day === day);
    const sum = (rows: readonly Revenue[]) => euros(rows.reduce((total, { net_eur }) => total + Number(net_eur), 0));
    const others = own.filter(({ country }) => !countries.includes(country));
    return [
      day,
      ...countries.map((country) => sum(own.filter((row) => row.country === country))),
      sum(others),
      sum(own),
    ];
  });
  print(['day', ...countries, 'others', 'all (EUR)'], rows);
}

interface Counted {
  readonly currency: string;
  readonly payments: number;
  readonly amount: string;
}

const COUNT = 'select currency, count(*)::int as payments, sum(amount)::text as amount';

/** Counts the payments on both sides, to the cent. @returns whether they are equal */
export async function compareWithSource(strata: StrataCommand, company: Company): Promise<boolean> {
  const source = await queryPostgres<Counted>(company.adminUrl, `${COUNT} from transaction group by 1 order by 1`);
  const warehouse = await strata.json<Counted[]>(
    'query',
    'select currency, count(*)::int as payments, sum(amount)::varchar as amount from fact_payment group by 1 order by 1',
  );
  const text = (rows: readonly Counted[]) => rows.map((r) => `${r.currency} ${r.payments} ${r.amount}`).join('\n');
  const payments = source.reduce((sum, row) => sum + row.payments, 0);
  if (text(source) === text(warehouse)) {
    console.log(
      `PostgreSQL and the warehouse agree: ${number(payments)} payments in ${source.length} currencies, to the cent.`,
    );
    return true;
  }
  console.log(`PostgreSQL and the warehouse differ.\nPostgreSQL:\n${text(source)}\nwarehouse:\n${text(warehouse)}`);
  return false;
}

const number = (value: number): string => value.toLocaleString('en-US');
const euros = (value: number): string => Math.round(value).toLocaleString('en-US');

/** The first column to the left, numbers to the right. */
export function print(header: readonly string[], rows: readonly (readonly string[])[]): void {
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((row) => row[i]?.length ?? 0)));
  const isNumeric = (i: number) => rows.every((row) => /^[-\d.,\s]*$/.test(row[i] ?? '')) && i > 0;
  for (const line of [header, widths.map((width) => '-'.repeat(width)), ...rows]) {
    console.log(
      line
        .map((cell, i) => (isNumeric(i) ? cell.padStart(widths[i]!) : cell.padEnd(widths[i]!)))
        .join('  ')
        .trimEnd(),
    );
  }
}

export function title(text: string): void {
  console.log(`\n== ${text}`);
}
