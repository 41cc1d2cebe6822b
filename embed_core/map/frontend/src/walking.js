/* From one category to the next: which is meant. Pure functions. */

/** @import { Hides, Neighbor, Places } from "./types.d.ts" */

/**
 * The point nearest to `from` in the direction given, or -1; straight ahead counts for more than aside.
 *
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 * @param {number} from
 * @param {[number, number]} direction
 * @param {(i: number) => boolean} isVisible
 */
export function nextInDirection(xs, ys, from, [aheadX, aheadY], isVisible) {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < xs.length; i++) {
    if (i === from || !isVisible(i)) continue;
    const ahead = (xs[i] - xs[from]) * aheadX + (ys[i] - ys[from]) * aheadY;
    const aside = Math.abs((xs[i] - xs[from]) * aheadY) + Math.abs((ys[i] - ys[from]) * aheadX);
    if (ahead <= 0.5 || aside > 1.6 * ahead) continue;
    const cost = Math.hypot(ahead, aside) + 1.2 * aside;
    if (cost < least) [least, best] = [cost, i];
  }
  return best;
}

/**
 * The point nearest to (x, y), or -1: only those count whose reach, in pixels, is not less than the distance.
 *
 * @param {Float64Array} xs
 * @param {Float64Array} ys
 * @param {{ x: number, y: number }} spot
 * @param {(i: number) => number} reach
 * @param {Hides} isHidden
 */
export function nearestPoint(xs, ys, { x, y }, reach, isHidden) {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < xs.length; i++) {
    const distance = Math.hypot(xs[i] - x, ys[i] - y);
    if (distance >= least || isHidden(i)) continue;
    if (distance <= reach(i)) [least, best] = [distance, i];
  }
  return best;
}

/**
 * True neighbours of a category that are not among as many nearest on this map.
 *
 * @param {Pick<Places, "x" | "y" | "z">} places
 * @param {number} selected
 * @param {Neighbor[]} neighbors
 * @returns {Set<number>}
 */
export function farNeighbors({ x, y, z }, selected, neighbors) {
  if (selected < 0 || !neighbors.length) return new Set();
  const distance = (/** @type {number} */ i) =>
    Math.hypot(x[i] - x[selected], y[i] - y[selected], z ? z[i] - z[selected] : 0);
  const others = Float64Array.from(x, (_, i) => (i === selected ? Infinity : distance(i))).sort();
  const reach = others[Math.min(neighbors.length, x.length - 1) - 1] * (1 + 1e-6);
  return new Set(neighbors.map(([i]) => i).filter((i) => distance(i) > reach));
}
