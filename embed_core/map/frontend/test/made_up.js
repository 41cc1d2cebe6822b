/* Made-up maps for the tests. */

/** Numbers from 0 to 1 that look random and are the same each time. */
export function* chance(seed = 1) {
  let state = seed;
  while (true) {
    state = (state * 1664525 + 1013904223) % 2 ** 32;
    yield state / 2 ** 32;
  }
}

/** @param {number} n */
export function cloud(n, seed = 1) {
  const random = chance(seed);
  const next = () => random.next().value;
  const x = Float64Array.from({ length: n }, () => next() + next() + next() - 1.5);
  const y = Float64Array.from({ length: n }, () => next() + next() + next() - 1.5);
  return { x, y, z: null, frames: null };
}

/** Weights of a map whose first category has the most rows. @param {number} n */
export const weights = (n) => Array.from({ length: n }, (_, i) => 1 - i / Math.max(1, n - 1));

export const nobody = () => false;
export const nothing = { isHidden: nobody, isAway: nobody };
