import type pg from 'pg';
import { type CopyValue, copyRows } from './copy-text.ts';
import { merchantCount } from './merchant.ts';
import { CATEGORIES, centsIn, tradeOf } from './merchant-trade.ts';
import { Random } from './random.ts';
import { DAY, HOUR, isoOf, SECOND } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';
import { amountOf } from './write-payments.ts';

/** The catalogue of the merchants that come on `day`, and the products that change. */
export async function writeCatalogue(client: pg.Client, world: World, day: number): Promise<void> {
  const at = isoOf(dayStart(world, day));
  if (day === 0) {
    const categories = CATEGORIES.map((name, position) => [position + 1, name, at]);
    await copyRows(client, 'product_category', ['id', 'name', 'updated_at'], categories);
  }
  const columns = [
    ...['id', 'merchant_id', 'name', 'category_id', 'price', 'currency', 'is_active', 'created_at', 'updated_at'],
  ];
  await copyRows(client, 'product', columns, productRows(world, day));
  if (day > 0) await changeProducts(client, world, day);
}

function* productRows(world: World, day: number): Generator<CopyValue[]> {
  const updatedAt = isoOf(dayStart(world, day));
  for (let index = merchantCount(world, day - 1); index < merchantCount(world, day); index++) {
    const { id, currency, products } = tradeOf(world, index);
    for (const [number, product] of products.entries()) {
      const price = amountOf(centsIn(currency, product.euroCents));
      const createdAt = day === 0 ? isoOf(world.start - (index % 200) * DAY - number * HOUR) : updatedAt;
      yield [product.id, id, product.name, product.categoryId, price, currency, true, createdAt, updatedAt];
    }
  }
}

/** Dearer, taken off the shelf or put back, renamed. */
async function changeProducts(client: pg.Client, world: World, day: number): Promise<void> {
  const known = merchantCount(world, day - 1);
  const random = new Random(world.seed, STREAM.productChange, day, 0);
  for (let count = Math.ceil(known / 60); count > 0; count--) {
    const { id } = random.pick(tradeOf(world, random.below(known)).products);
    await client.query(
      `update product set
         price = case when $2 then round(price * 1.05, case currency when 'JPY' then 0 else 2 end) else price end,
         is_active = is_active <> $3, name = case when $4 then name || ' (new)' else name end, updated_at = $5
       where id = $1 and updated_at < $5`,
      [id, ...oneOfThree(random.below(3)), isoOf(dayStart(world, day) + HOUR + random.below(80_000) * SECOND)],
    );
  }
}

function oneOfThree(which: number): [boolean, boolean, boolean] {
  return [which === 0, which === 1, which === 2];
}
