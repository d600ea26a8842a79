import type { StoredDocument } from './app-customer.ts';
import { documentOf, MISSING, NUMBER_FORMS, objectIdAt } from './document-dirt.ts';
import { merchant, merchantCount } from './merchant.ts';
import { fractionOf } from './random.ts';
import { HOUR, SECOND } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

const ODD_AVERAGES = Object.values(NUMBER_FORMS);

/** How a merchant is rated after the reviews of `day`. Every merchant has a document from the day it comes, also when its row is late. */
function appMerchant(world: World, index: number, day: number): StoredDocument {
  const made = merchant(world, index);
  const arrived =
    index < world.launchMerchants ? 0 : 1 + Math.floor((index - world.launchMerchants) / world.merchantsPerDay);
  const born = dayStart(world, arrived) + index * SECOND;
  const at = day === arrived ? born : dayStart(world, day) + 5 * HOUR + index * SECOND;
  const average = Math.round((2.5 + 2.5 * fractionOf(world.seed, STREAM.appMerchant, index, 0)) * 10 + (day % 3)) / 10;
  const odd = index % 20;
  const rating = {
    average: ODD_AVERAGES[odd] ? ODD_AVERAGES[odd](Math.round(average)) : Math.min(5, average),
    count: 3 + day,
  };
  return documentOf({
    _id: objectIdAt(born, world.seed, STREAM.appMerchant, 0, index),
    merchant_id: odd === 7 ? made.id.toUpperCase() : made.id,
    name: odd === 8 ? null : made.name,
    industry: odd === 9 ? MISSING : odd === 10 ? made.industry.toLowerCase() : made.industry,
    rating: odd === 11 ? MISSING : odd === 12 ? average : rating,
    lastUpdated: odd === 13 ? 'yesterday at noon' : new Date(Math.floor(at / 1000)),
    updated_at: new Date(Math.floor(at / 1000)),
  }) as StoredDocument;
}

/** The documents of the merchants that come on `day`. */
export function* appMerchantsOf(world: World, day: number): Generator<StoredDocument> {
  for (let index = merchantCount(world, day - 1); index < merchantCount(world, day); index++) {
    yield appMerchant(world, index, day);
  }
}

/** One in ten merchants is rated anew on `day`. */
export function* appMerchantEdits(world: World, day: number): Generator<StoredDocument> {
  for (let index = day % 10; day > 0 && index < merchantCount(world, day - 1); index += 10) {
    yield appMerchant(world, index, day);
  }
}
