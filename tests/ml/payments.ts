import type { Dataset } from '../../ml/dataset.ts';
import { rowsOf } from '../../ml/dataset.ts';
import { Prng } from '../../ml/prng.ts';

const COUNTRIES = ['DE', 'FR', 'US', 'NG', 'BR', 'IN', 'CN', 'GB', 'PL', 'ES', 'IT', 'SE'];

/** Made-up payments: amount, speed (missing for new cards, which says something), country, and noise. */
export function payments(rows: number, seed: number): Dataset {
  const prng = new Prng(seed);
  const normal = () => Math.sqrt(-2 * Math.log(1 - prng.next())) * Math.cos(2 * Math.PI * prng.next());
  const columns = ['amount', 'speed', 'noise', 'hour'].map((name) => ({
    name,
    kind: 'number' as const,
    values: new Float64Array(rows),
  }));
  const country = { name: 'country', kind: 'category' as const, labels: COUNTRIES, values: new Float64Array(rows) };
  const target = new Uint8Array(rows);
  for (let i = 0; i < rows; i++) {
    const amount = Math.round(Math.exp(3 + normal()) * 100) / 100;
    const speed = prng.next() < 0.2 ? Number.NaN : prng.below(12);
    const code = Math.floor(prng.next() ** 2 * COUNTRIES.length);
    const hour = prng.below(24);
    const risky = [3, 7, 9].includes(code) ? 1.5 : 0;
    const score = -5 + Math.log(amount) * 0.7 + (Number.isNaN(speed) ? 1.2 : speed * 0.15) + risky + (hour < 6 ? 1 : 0);
    columns[0]!.values[i] = amount;
    columns[1]!.values[i] = speed;
    columns[2]!.values[i] = normal();
    columns[3]!.values[i] = hour;
    country.values[i] = prng.next() < 0.05 ? Number.NaN : code;
    target[i] = prng.next() < 1 / (1 + Math.exp(-score)) ? 1 : 0;
  }
  return { columns: [...columns, country], rows, target };
}

/** The first rows, and the rest. */
export function parted(dataset: Dataset, first: number): [Dataset, Dataset] {
  const places = Array.from({ length: dataset.rows }, (_, i) => i);
  return [rowsOf(dataset, places.slice(0, first)), rowsOf(dataset, places.slice(first))];
}

/** As rows of text for another program; empty where missing. */
export function csvOf({ columns, rows, target }: Dataset): string {
  const lines = [['target', ...columns.map((c) => c.name)].join(',')];
  for (let i = 0; i < rows; i++) {
    lines.push([target[i], ...columns.map(({ values }) => (Number.isNaN(values[i]) ? '' : values[i]))].join(','));
  }
  return `${lines.join('\n')}\n`;
}
