export const DAY = 86_400;

export interface Tx {
  readonly id: number;
  readonly seconds: number;
  readonly customer: number;
  readonly terminal: number;
  readonly cents: number;
  readonly fraud: boolean;
}

/** Few places and edges of windows, so that seconds are shared and windows end exactly at a transaction. */
export function transactions(): Tx[] {
  const times = Array.from({ length: 700 }, (_, i) => {
    const edge = [0, 1, DAY, 7 * DAY, 8 * DAY, 30 * DAY, 37 * DAY][i % 7]!;
    return (((i * 48_271) % 40) * DAY + ((i * 16_807) % 3) + edge) % (78 * DAY);
  }).sort((a, b) => a - b);
  return times.map((seconds, id) => ({
    ...{ id, seconds, customer: (id * 7) % 3, terminal: (id * 11) % 4 },
    ...{ cents: 1 + ((id * 7919) % 20_000), fraud: (id * 31) % 9 === 0 },
  }));
}

/** As the handbook's pandas code counts: by position in time, windows open at their early end. */
export function oracle(one: Tx, all: readonly Tx[]): Record<string, number> {
  const features: Record<string, number> = {
    amount: one.cents / 100,
    is_weekend: [0, 6].includes(Math.floor(one.seconds / DAY) % 7) ? 1 : 0,
    is_night: Math.floor((one.seconds % DAY) / 3600) <= 6 ? 1 : 0,
  };
  for (const days of [1, 7, 30]) {
    const before = all.filter((t) => t.id <= one.id);
    const mine = before.filter((t) => t.customer === one.customer && t.seconds > one.seconds - days * DAY);
    features[`customer_count_${days}d`] = mine.length;
    features[`customer_mean_${days}d`] = mine.reduce((sum, t) => sum + t.cents, 0) / 100 / mine.length;
    const end = one.seconds - 7 * DAY;
    const there = before.filter((t) => t.terminal === one.terminal && t.seconds <= end && t.seconds > end - days * DAY);
    features[`terminal_count_${days}d`] = there.length;
    features[`terminal_risk_${days}d`] = there.length ? there.filter((t) => t.fraud).length / there.length : 0;
  }
  return features;
}
