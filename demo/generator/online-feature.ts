import type { StoredDocument } from './app-customer.ts';
import { customerId } from './customer.ts';
import { payingCustomers } from './customer-home.ts';
import { dirtSlot, documentOf, MISSING, NUMBER_FORMS, objectIdAt } from './document-dirt.ts';
import { merchantCount, merchantId } from './merchant.ts';
import { Random } from './random.ts';
import { DAY, type Micros } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

/** Feature values that the shop's first fraud model was served on `day`. */
export function* onlineFeaturesOf(world: World, day: number): Generator<StoredDocument> {
  for (let index = 0; index < world.featuresPerDay; index++) yield onlineFeature(world, day, index);
}

function onlineFeature(world: World, day: number, index: number): StoredDocument {
  const random = new Random(world.seed, STREAM.feature, day, index);
  const slot = dirtSlot(day, index);
  const at: Micros = dayStart(world, day) + Math.floor(((index + 0.5) / world.featuresPerDay) * DAY);
  const entity = random.chance(0.7)
    ? `customer:${customerId(world, random.below(payingCustomers(world, day)))}`
    : `merchant:${merchantId(world, random.below(merchantCount(world, day)))}`;
  const count = random.below(40);
  return documentOf({
    _id: objectIdAt(at, world.seed, STREAM.feature, day, index),
    entity: slot === 0 ? MISSING : slot === 1 ? 'nobody' : entity,
    time: slot === 2 ? '2026-13-45' : new Date(Math.floor(at / 1000)),
    features:
      slot === 3
        ? null
        : {
            payment_count_1d: slot === 4 ? NUMBER_FORMS.text(count) : slot === 5 ? NUMBER_FORMS.long(count) : count,
            amount_eur_1d: slot === 6 ? Number.NaN : random.below(1_000_000) / 100,
            countries_7d: 1 + random.below(3),
          },
    updated_at: new Date(Math.floor(at / 1000)),
  }) as StoredDocument;
}
