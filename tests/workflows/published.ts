import { openWarehouse } from '../../workers/open-warehouse.ts';
import type { Shop } from './shop.fixture.ts';

/** The warehouse's sums per day, in the words of Shop.expected. */
export async function publishedDays(shop: Shop): Promise<{ day: string; sales: number; eur: string | null }[]> {
  const { duckdb, temp, warehouses } = shop.settings;
  const session = { memoryLimit: duckdb.memoryLimit, threads: 1, tempDirectory: temp };
  const warehouse = await openWarehouse(warehouses.analytics!, shop.settings, session);
  const { rows } = await warehouse.query(
    'SELECT sale_date::VARCHAR, sales, amount_eur::VARCHAR FROM daily_sales ORDER BY 1',
  );
  return rows.map(([day, sales, eur]) => ({ day: day as string, sales: Number(sales), eur: eur as string | null }));
}
