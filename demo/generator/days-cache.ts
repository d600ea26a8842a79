import type { World } from './world.ts';

/** So many days back something may still happen to a payment; what was worked out for a day is asked for again until then. */
const KEPT = 90;

/** Remembers what `make` gives for each of the last days that were asked for. */
export function cachedByDay<T>(make: (world: World, day: number) => T): (world: World, day: number) => T {
  const worlds = new WeakMap<World, Map<number, T>>();
  return (world, day) => {
    const days = worlds.get(world) ?? new Map<number, T>();
    worlds.set(world, days);
    const found = days.get(day);
    if (found !== undefined) return found;
    const made = make(world, day);
    days.set(day, made);
    if (days.size > KEPT) days.delete(days.keys().next().value!);
    return made;
  };
}
