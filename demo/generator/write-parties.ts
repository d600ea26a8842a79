import type pg from 'pg';
import { copyRows } from './copy-text.ts';
import { type Customer, customerChanges, customersOf } from './customer.ts';
import { type Merchant, merchantChanges, merchantsOf } from './merchant.ts';
import { Random } from './random.ts';
import { isoOf } from './simulated-time.ts';
import { STREAM, type World } from './world.ts';

/** The customers and merchants who arrive on `day`, and those who change. */
export async function writeParties(
  client: pg.Client,
  world: World,
  day: number,
): Promise<{ customers: number; merchants: number }> {
  const password = await passwordHash(client, world, day);
  const merchants = await copyRows(client, 'merchant', MERCHANT_COLUMNS, merchantRows(merchantsOf(world, day)));
  for (const changed of merchantChanges(world, day)) {
    await client.query(
      'update merchant set name = $2, size = $3, country = $4, updated_at = $5 where id = $1 and updated_at < $5',
      [changed.id, changed.name, changed.size, changed.country, isoOf(changed.updatedAt)],
    );
  }
  const customers = await copyRows(
    client,
    'customer',
    CUSTOMER_COLUMNS,
    customerRows(customersOf(world, day), password),
  );
  await updateCustomers(client, customerChanges(world, day));
  return { customers, merchants };
}

const MERCHANT_COLUMNS = ['id', 'name', 'industry', 'size', 'country', 'created_at', 'updated_at'];
const CUSTOMER_COLUMNS = [
  'id',
  'user_name',
  'password',
  'email',
  'full_name',
  'segment',
  'country',
  'created_at',
  'updated_at',
];

function* merchantRows(merchants: Iterable<Merchant>): Generator<(string | null)[]> {
  for (const row of merchants) {
    yield [row.id, row.name, row.industry, row.size, row.country, isoOf(row.createdAt), isoOf(row.updatedAt)];
  }
}

function* customerRows(customers: Iterable<Customer>, password: string): Generator<(string | null)[]> {
  for (const row of customers) {
    const times = [isoOf(row.createdAt), isoOf(row.updatedAt)];
    yield [row.id, row.userName, password, row.email, row.fullName, row.segment, row.country, ...times];
  }
}

async function updateCustomers(client: pg.Client, changed: readonly Customer[]): Promise<void> {
  await client.query(
    `update customer set segment = c.segment, country = c.country, email = c.email, updated_at = c.updated_at
     from unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::timestamptz[]) as c (id, segment, country, email, updated_at)
     where customer.id = c.id and customer.updated_at < c.updated_at`,
    [
      changed.map((row) => row.id),
      changed.map((row) => row.segment),
      changed.map((row) => row.country),
      changed.map((row) => row.email),
      changed.map((row) => isoOf(row.updatedAt)),
    ],
  );
}

/** One bcrypt hash for all who arrive on a day (hashing each would take hours), with a salt of the seed, so that rows repeat to the byte. */
async function passwordHash(client: pg.Client, world: World, day: number): Promise<string> {
  const random = new Random(world.seed, STREAM.password, day, 0);
  const salt = Array.from({ length: 21 }, () => 'abcdefghijklmnopqrstuvwxyz0123456789'[random.below(36)]).join('');
  const { rows } = await client.query<{ hash: string }>("select crypt('correct horse battery staple', $1) as hash", [
    `$2a$04$${salt}u`,
  ]);
  return rows[0]!.hash;
}
