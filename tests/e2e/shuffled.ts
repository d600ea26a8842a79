/** The days 1 to `count` in an order that the seed decides. */
export function shuffled(seed: number, count: number): number[] {
  const days = Array.from({ length: count }, (_, i) => i + 1);
  let state = seed;
  for (let i = count - 1; i > 0; i--) {
    state = (Math.imul(state, 1103515245) + 12345) & 0x7fffffff;
    const j = (state >> 8) % (i + 1);
    [days[i], days[j]] = [days[j]!, days[i]!];
  }
  return days;
}
