/* The view: which part of the data's plane is on the paper, and at what scale. Pure functions. */

/** @import { Box, Hides, Places, Size, Spot, View } from "./types.d.ts" */

export const MARKER = { least: 5, most: 22 };

/** How far beyond the final places, in their own size, the frames of a replay may widen the view. */
const REACH = 0.15;

/** How far a person can zoom, against the view that shows everything. */
const ZOOM = { out: 3, in: 500 };

/** @param {number} value @param {number} least @param {number} most */
export const within = (value, least, most) => Math.min(most, Math.max(least, value));

/**
 * The box around points, or around those that `isHidden` does not hide, with room for the frames there are.
 *
 * @param {number} n
 * @param {Places} places
 * @param {Hides} isHidden
 * @returns {Box}
 */
export function boundsOf(n, { x, y, frames }, isHidden) {
  const shown = [...Array(n).keys()].filter((i) => !isHidden(i));
  if (!shown.length) return { x0: 0, x1: 1, y0: 0, y1: 1 };
  const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
  const include = (/** @type {number} */ px, /** @type {number} */ py) => {
    box.x0 = Math.min(box.x0, px);
    box.x1 = Math.max(box.x1, px);
    box.y0 = Math.min(box.y0, py);
    box.y1 = Math.max(box.y1, py);
  };
  for (const i of shown) include(x[i], y[i]);
  if (!frames) return box;
  // A training overshoots at first: fitted to that, the map that is left in the end would be small.
  const [low, high] = [box.x0 - REACH * (box.x1 - box.x0), box.x1 + REACH * (box.x1 - box.x0)];
  const [bottom, top] = [box.y0 - REACH * (box.y1 - box.y0), box.y1 + REACH * (box.y1 - box.y0)];
  for (const i of shown) {
    for (let k = 0; k < frames.last; k++) {
      include(within(frames.value(k, i, 0), low, high), within(frames.value(k, i, 1), bottom, top));
    }
  }
  return box;
}

/**
 * Follow moving points: grow at once when one would leave, shrink a little at a time.
 *
 * @param {Box} old
 * @param {Box} now
 * @returns {Box}
 */
export function easeBounds(old, now) {
  const ease = (/** @type {number} */ a, /** @type {number} */ b, /** @type {number} */ outward) =>
    (b - a) * outward > 0 ? b : a + (b - a) * 0.12;
  return {
    x0: ease(old.x0, now.x0, -1),
    x1: ease(old.x1, now.x1, 1),
    y0: ease(old.y0, now.y0, -1),
    y1: ease(old.y1, now.y1, 1),
  };
}

/**
 * The view that shows a box, at the same scale on both axes.
 *
 * @param {Box} box
 * @param {Size} size
 * @returns {View}
 */
export function viewOf(box, { width, height }) {
  const padX = Math.min(64, width * 0.09);
  const padY = Math.min(38, height * 0.1);
  let unit = Math.max((box.x1 - box.x0) / (width - 2 * padX), (box.y1 - box.y0) / (height - 2 * padY));
  if (!(unit > 0)) unit = Math.max(Math.abs(box.x0), Math.abs(box.y0), 1) / 400;
  return { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2, unit };
}

/**
 * Where places of the data are on the paper.
 *
 * @param {View} view
 * @param {Size} size
 * @param {{ x: Float64Array, y: Float64Array }} places
 */
export function onPaper(view, { width, height }, { x, y }) {
  return {
    x: x.map((value) => width / 2 + (value - view.x) / view.unit),
    y: y.map((value) => height / 2 - (value - view.y) / view.unit),
  };
}

/**
 * The view after the paper has been moved by pixels.
 *
 * @param {View} view
 * @param {number} dx
 * @param {number} dy
 * @returns {View}
 */
export function panned(view, dx, dy) {
  return { ...view, x: view.x - dx * view.unit, y: view.y + dy * view.unit };
}

/**
 * The view zoomed around (x, y) on the paper, which stays where it is, within the limits for what is shown.
 *
 * @param {View} view
 * @param {number} factor
 * @param {Spot} spot
 * @param {Size} size
 * @param {Box} bounds
 * @returns {View}
 */
export function zoomed(view, factor, { x, y }, size, bounds) {
  const widest = viewOf(bounds, size).unit;
  const unit = within(view.unit / factor, widest / ZOOM.in, widest * ZOOM.out);
  const [dx, dy] = [x - size.width / 2, size.height / 2 - y];
  return { x: view.x + dx * (view.unit - unit), y: view.y + dy * (view.unit - unit), unit };
}

/**
 * Round steps for a graticule of about `most` lines.
 *
 * @param {number} span
 * @param {number} most
 */
export function graticuleStep(span, most) {
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * /** @type {number} */ ([1, 2, 5, 10].find((k) => k * power >= rough));
}

/**
 * Marker area follows the log of support; many points on little paper are all drawn smaller.
 *
 * @param {number[]} weight
 * @param {Size} size
 * @param {Hides} isHidden
 */
export function radiiOf(weight, { width, height }, isHidden) {
  const crowd = Math.sqrt(Math.max(1, weight.length));
  const shrink = within(Math.min(width, height) / crowd / 38, 0.4, 1);
  const [least, most] = [MARKER.least ** 2, MARKER.most ** 2];
  const area = (/** @type {number} */ value) => least + value ** 1.6 * (most - least);
  return weight.map((value, i) =>
    isHidden(i) ? 0.01 : Math.max(1.8, (shrink * Math.sqrt(area(value))) / 2),
  );
}

/**
 * Whether (x, y) is inside a closed line of points.
 *
 * @param {Spot[]} path
 * @param {number} x
 * @param {number} y
 */
export function isInside(path, x, y) {
  let inside = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [a, b] = [path[i], path[j]];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}
