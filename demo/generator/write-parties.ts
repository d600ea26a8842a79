import type pg from 'pg';
import { copyRows } from './copy-text.ts';
import { type Customer, customersOf } from './customer.ts';
import { type CustomerChange, customerChanges } from './customer-change.ts';
import { type Merchant, type MerchantChange, merchantChanges, merchantId, merchantsOf } from './merchant.ts';
import { merchantProfile } from './merchant-profile.ts';
import { Random } from './random.ts';
import { SEGMENTS, SIZES } from './reference-data.ts';
import { HOUR, isoOf } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

/** The customers and merchants who arrive on `day`, and those who change. */
export async function writeParties(
  client: pg.Client,
  world: World,
  day: number,
): Promise<{ customers: number; merchants: number }> {
  const password = await passwordHash(client, world, day);
  const merchants = await copyRows(client, 'merchant', MERCHANT_COLUMNS, merchantRows(merchantsOf(world, day)));
  await writeProfiles(client, world, day);
  await updateMerchants(client, merchantChanges(world, day));
  const customers = await copyRows(
    client,
    'customer',
    CUSTOMER_COLUMNS,
    customerRows(customersOf(world, day), password),
  );
  await updateCustomers(client, customerChanges(world, day));
  return { customers, merchants };
}

const MERCHANT_COLUMNS = ['id', 'name', 'industry', 'size', 'country', 'city', 'created_at', 'updated_at'];
const CUSTOMER_COLUMNS = [
  'id',
  'user_name',
  'password',
  'email',
  'full_name',
  'segment',
  'country',
  'city',
  'created_at',
  'updated_at',
];

function* merchantRows(merchants: Iterable<Merchant>): Generator<(string | null)[]> {
  for (const row of merchants) {
    yield [row.id, row.name, row.industry, row.size, row.country, row.city, isoOf(row.createdAt), isoOf(row.updatedAt)];
  }
}

function* customerRows(customers: Iterable<Customer>, password: string): Generator<(string | null)[]> {
  for (const row of customers) {
    const times = [isoOf(row.createdAt), isoOf(row.updatedAt)];
    yield [row.id, row.userName, password, row.email, row.fullName, row.segment, row.country, row.city, ...times];
  }
}

// A change starts from the row as it stands, so that histories have no gaps. Where only the country is known, the city stays unknown too.
async function updateCustomers(client: pg.Client, changes: readonly CustomerChange[]): Promise<void> {
  await client.query(
    `update customer set
       segment = ($7::text[])[(array_position($7, segment) - 1 + c.segments) % array_length($7, 1) + 1],
       email = coalesce(c.email, customer.email), country = coalesce(c.country, customer.country),
       city = case when c.country is null then customer.city else c.city end, updated_at = c.at
     from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::timestamptz[]) as c (id, segments, email, country, city, at)
     where customer.id = c.id and customer.updated_at < c.at`,
    [
      changes.map((change) => change.id),
      changes.map((change) => change.segments),
      changes.map((change) => change.email),
      changes.map((change) => change.country),
      changes.map((change) => change.city),
      changes.map((change) => isoOf(change.at)),
      SEGMENTS,
    ],
  );
}

async function updateMerchants(client: pg.Client, changes: readonly MerchantChange[]): Promise<void> {
  await client.query(
    `update merchant set
       size = ($8::text[])[(array_position($8, size) - 1 + c.sizes) % array_length($8, 1) + 1],
       name = coalesce(c.name, merchant.name), industry = coalesce(c.industry, merchant.industry),
       country = coalesce(c.country, merchant.country),
       city = case when c.country is null then merchant.city else c.city end, updated_at = c.at
     from unnest($1::uuid[], $2::int[], $3::text[], $4::text[], $5::text[], $6::text[], $7::timestamptz[])
       as c (id, sizes, name, industry, country, city, at)
     where merchant.id = c.id and merchant.updated_at < c.at`,
    [
      changes.map((change) => change.id),
      changes.map((change) => change.sizes),
      changes.map((change) => change.name),
      changes.map((change) => change.industry),
      changes.map((change) => change.country),
      changes.map((change) => change.city),
      changes.map((change) => isoOf(change.at)),
      SIZES,
    ],
  );
}

/** The wide row of each merchant that comes on `day`; now and then the risk desk looks at one again. */
async function writeProfiles(client: pg.Client, world: World, day: number): Promise<void> {
  const profiles = [...merchantsOf(world, day)].map((made) => merchantProfile(world, made));
  if (profiles[0]) await copyRows(client, 'merchant_profile', Object.keys(profiles[0]), profiles.map(Object.values));
  if (day === 0) return;
  const random = new Random(world.seed, STREAM.profile, day, 1);
  const known = world.launchMerchants;
  for (let count = Math.ceil(known / 100); count > 0; count--) {
    await client.query(
      'update merchant_profile set risk_score = $2, risk_note = $3, updated_at = $4 where merchant_id = $1 and updated_at < $4',
      [
        merchantId(world, random.below(known)),
        random.below(101),
        `looked at again on day ${day}`,
        isoOf(dayStart(world, day) + 8 * HOUR + random.below(HOUR)),
      ],
    );
  }
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
