import { customerId } from './customer.ts';
import { customerCount, customerHome, movesOn } from './customer-home.ts';
import { hashOf, Random } from './random.ts';
import { HOUR, type Micros, SECOND } from './simulated-time.ts';
import { dayStart, STREAM, type World } from './world.ts';

/** A change of a customer's row; what is not named stays as it stands. */
export interface CustomerChange {
  readonly id: string;
  /** How many segments on; the last is followed by the first, so that some come back to an old one. */
  readonly segments: number;
  readonly email: string | null;
  readonly country: string | null;
  readonly city: string | null;
  readonly at: Micros;
}

/** Customers who move, change their segment or their address on `day`: about one in a hundred, each once. */
export function customerChanges(world: World, day: number): CustomerChange[] {
  if (day === 0) return [];
  const known = customerCount(world, day - 1);
  const changes = new Map<number, CustomerChange>();
  const random = new Random(world.seed, STREAM.customerChange, day, 0);
  for (let count = Math.ceil(known / 100); count > 0; count--) {
    const index = random.below(known);
    const kind = random.below(4);
    changes.set(index, {
      ...unchanged(world, day, index),
      segments: kind < 2 ? 1 + kind : 0,
      email: kind < 2 ? null : `moved-${day}-${index}@example.org`,
    });
  }
  for (let index = 0; index < known; index++) {
    if (!movesOn(world, index, day)) continue;
    const home = customerHome(world, index, day);
    changes.set(index, { ...unchanged(world, day, index), country: home.country.code, city: home.city });
  }
  return [...changes.values()];
}

function unchanged(world: World, day: number, index: number): CustomerChange {
  const at =
    dayStart(world, day) + HOUR + (hashOf(world.seed, STREAM.customerChange, day, index + 1) % 79_200) * SECOND;
  return { id: customerId(world, index), segments: 0, email: null, country: null, city: null, at };
}
