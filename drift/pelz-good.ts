const PI2 = Math.PI ** 2;
const ROOT_TAU = Math.sqrt(2 * Math.PI);
/** Below, the first term is zero in doubles. */
const LEAST_LOG = -708;

/**
 * P(D < d) for large n: the expansion of Pelz and Good (1976), limit distribution and three corrections in 1/sqrt(n), written
 * with theta functions so that it converges for small z = d sqrt(n).
 */
export function pelzGood(n: number, d: number): number {
  const z = Math.sqrt(n) * d;
  const logQ = -PI2 / (8 * z * z);
  if (logQ < LEAST_LOG) return 0;
  const terms = Math.ceil((16 * z) / Math.PI);
  const [k0, k1, k2, k3] = oddSums(z, logQ, terms);
  const [even2, even3] = allSums(z, terms);
  return k0 + k1 / Math.sqrt(n) + (k2 + even2) / n + (k3 + even3) / n ** 1.5;
}

/** Sums over odd integers m of polynomials in m^2, times exp(-pi^2 m^2 / 8 z^2). */
function oddSums(z: number, logQ: number, terms: number): [number, number, number, number] {
  const z2 = z ** 2;
  const z4 = z ** 4;
  const z6 = z ** 6;
  const sums: [number, number, number, number] = [0, 0, 0, 0];
  for (let k = terms; k >= 1; k--) {
    const m2 = (2 * k - 1) ** 2;
    const weight = Math.exp(logQ * m2);
    const pm = PI2 * m2;
    sums[0] += weight;
    sums[1] += weight * (-z2 + pm / 4);
    sums[2] += weight * (6 * z6 + 2 * z4 + ((2 * z4 - 5 * z2) * pm) / 4 + (pm ** 2 * (1 - 2 * z2)) / 16);
    sums[3] +=
      weight *
      (-30 * z6 -
        90 * z ** 8 +
        (pm * (135 * z4 - 96 * z6)) / 4 +
        (pm ** 2 * (-60 * z2 + 212 * z4)) / 16 +
        (pm ** 3 * (5 - 30 * z2)) / 64);
  }
  return [
    (ROOT_TAU * sums[0]) / z,
    (ROOT_TAU * sums[1]) / (6 * z4),
    (ROOT_TAU * sums[2]) / (72 * z ** 7),
    (ROOT_TAU * sums[3]) / (6480 * z ** 10),
  ];
}

/** Sums over all integers k, times exp(-pi^2 k^2 / 2 z^2). */
function allSums(z: number, terms: number): [number, number] {
  let second = 0;
  let third = 0;
  for (let k = terms; k >= 1; k--) {
    const weight = k * k * Math.exp((-PI2 * k * k) / (2 * z * z));
    second += weight;
    third += weight * (3 * z * z - PI2 * k * k);
  }
  return [(-PI2 * ROOT_TAU * second) / (36 * z ** 3), (PI2 * ROOT_TAU * third) / (216 * z ** 6)];
}
