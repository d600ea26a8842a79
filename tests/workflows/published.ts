import { openDuckdbWarehouse } from '../../warehouse/duckdb-warehouse.ts';
import type { Shop } from './shop.fixture.ts';

/** The warehouse's sums per day, in the words of Shop.expected. */
export async function publishedDays(shop: Shop): Promise<{ day: string; sales: number; eur: string | null }[]> {
  const { path } = shop.settings.warehouses.analytics!;
  const { env, duckdb, temp } = shop.settings;
  const warehouse = await openDuckdbWarehouse({
    path,
    schema: env,
    session: { memoryLimit: duckdb.memoryLimit, threads: 1, tempDirectory: temp },
  });
  const { rows } = await warehouse.query(
    'SELECT sale_date::VARCHAR, sales, amount_eur::VARCHAR FROM daily_sales ORDER BY 1',
  );
  return rows.map(([day, sales, eur]) => ({ day: day as string, sales: Number(sales), eur: eur as string | null }));
}
