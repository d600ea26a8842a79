import type { ObjectId } from 'mongodb';
import { dirtSlot, documentOf, indexOfSlot, MISSING, NUMBER_FORMS, objectIdAt, TIME_FORMS } from './document-dirt.ts';
import { payment } from './payment.ts';
import { Random, uuidOf } from './random.ts';
import { paymentsOn } from './season.ts';
import { DAY, HOUR, type Micros } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

export type ReviewDocument = Record<string, unknown> & { _id: ObjectId; updated_at: Date };

const MESSAGES = [
  'Fast and friendly.',
  'Très bien, merci !\nJe reviendrai.',
  'She said "never again" and meant it; 5\' too short\\long.',
  '最高です 🎉🎉',
  'مقبول',
  '{"looks": "like json", "n": 1}',
  '   ',
  '',
] as const;

const ODD_RATINGS: Readonly<Record<number, (stars: number) => unknown>> = {
  ...Object.fromEntries(Object.values(NUMBER_FORMS).map((form, slot) => [slot, form])),
  6: () => 0,
  7: () => 6,
  8: () => 4.5,
  9: () => Number.NaN,
  10: () => 'five',
  11: () => '',
  12: () => null,
  13: () => MISSING,
};
const ODD_TIMES = Object.fromEntries(Object.values(TIME_FORMS).map((form, position) => [14 + position, form]));
/** Slots whose document is about the same payment and customer as the clean one in slot 90; the last also has its very time. */
const AGAIN = { firstSlot: 28, lastSlot: 33, tieSlot: 34, of: 90 } as const;
/** Slots whose document is changed in place so many days later. */
const EDITED: Readonly<Record<number, number>> = { 35: 1, 36: 6 };
const LONG_MESSAGE_SLOT = 37;

function insertedAt(world: World, day: number, index: number): Micros {
  return dayStart(world, day) + Math.floor(((index + 0.5) / world.reviewsPerDay) * DAY);
}

/** When the customer wrote it: some reviews reach us a day late. Whole milliseconds since 1970. */
function writtenAt(world: World, day: number, index: number): number {
  const random = new Random(world.seed, STREAM.review, day, index);
  const late = day > 0 && random.chance(0.05) ? DAY : random.below(HOUR / 6);
  return Math.floor((insertedAt(world, day, index) - late) / 1000);
}

function reviewed(world: World, day: number, index: number) {
  const random = new Random(world.seed, STREAM.review, day, index + 0x1000000);
  const madeOn = Math.max(0, day - random.below(6));
  return payment(world, madeOn, random.below(paymentsOn(world, madeOn)));
}

/** Review document `index` of `day` as first inserted. */
export function review(world: World, day: number, index: number): ReviewDocument {
  const random = new Random(world.seed, STREAM.review, day, index + 0x2000000);
  const slot = dirtSlot(day, index);
  const again = (slot >= AGAIN.firstSlot && slot <= AGAIN.lastSlot) || slot === AGAIN.tieSlot;
  const origin = again ? indexOfSlot(day, AGAIN.of) : index;
  const made = reviewed(world, day, origin);
  const millis = slot === AGAIN.tieSlot ? writtenAt(world, day, origin) : writtenAt(world, day, index);
  const stars = 1 + Math.floor(random.fraction() ** 0.5 * 5);
  const at = insertedAt(world, day, index);
  const fields = {
    _id: objectIdAt(at, world.seed, STREAM.reviewId, day, index),
    transaction_id:
      slot === 20 ? made.id.toUpperCase() : slot === 21 ? MISSING : slot === 23 ? `tx-${made.id}` : made.id,
    customer_id: slot === 22 ? null : made.customerId,
    merchant_id:
      slot === 24 ? MISSING : slot === 25 ? uuidOf(world.seed, STREAM.unknownMerchant, day, index) : made.merchantId,
    rating: ODD_RATINGS[slot] ? ODD_RATINGS[slot](stars) : stars,
    message: slot === 26 ? MISSING : slot === 27 ? null : message(world, slot, index, random),
    timestamp: ODD_TIMES[slot] ? ODD_TIMES[slot](millis) : new Date(millis),
    updated_at: new Date(Math.floor(at / 1000)),
  };
  return documentOf(fields) as ReviewDocument;
}

function message(world: World, slot: number, index: number, random: Random): string {
  const text = random.pick(MESSAGES);
  const long = slot === LONG_MESSAGE_SLOT && index < 100;
  return long ? `${text} `.repeat(Math.ceil(world.hugeDocumentBytes / 3 / (text.length + 1))) : text;
}

/** The documents inserted on `day`, oldest first. */
export function* reviewsOf(world: World, day: number): Generator<ReviewDocument> {
  for (let index = 0; index < world.reviewsPerDay; index++) yield review(world, day, index);
}

/** Documents of earlier days as they stand after their change on `day`. */
export function* reviewEdits(world: World, day: number): Generator<ReviewDocument> {
  for (const [slot, age] of Object.entries(EDITED)) {
    const madeOn = day - age;
    if (madeOn < 0) continue;
    for (let index = indexOfSlot(madeOn, Number(slot)); index < world.reviewsPerDay; index += 100) {
      const before = review(world, madeOn, index);
      const at = new Date(Math.floor((dayStart(world, day) + 2 * HOUR + index * 1000) / 1000));
      yield {
        ...before,
        rating: 1 + (Number(before.rating) % 5),
        message: 'Edited: “second thoughts”',
        timestamp: at,
        updated_at: at,
      };
    }
  }
}
