/* The camera of a map in three dimensions. Pure functions. */

/** @import { Camera, Project, Size } from "./types.d.ts" */

import { within } from "./view.js";

/** @type {Camera} */
export const FIRST_CAMERA = { turn: -Math.PI / 4, tilt: 0.36, distance: 1.7 };

const HALF_OF_VIEW = Math.PI / 8; // Plotly's camera sees 45 degrees
const ROOM = 1.06; // for the points' own size

/**
 * The camera from which a cloud is seen whole, however it is turned.
 *
 * @param {number} reach How far the farthest point is from the middle of the box around all, whose longest side is 1.
 * @returns {Camera}
 */
export const seeing = (reach) => ({
  ...FIRST_CAMERA,
  distance: within((ROOM * reach) / Math.sin(HALF_OF_VIEW), 0.25, 6),
});

/**
 * The sides of the box around a cloud, and how far its farthest point is from the middle, in its longest side.
 *
 * @param {ArrayLike<number>[]} axes
 * @param {number[]} shown
 */
export function extent(axes, shown) {
  const ends = axes.map((values) =>
    shown.reduce(
      ([low, high], i) => [Math.min(low, values[i]), Math.max(high, values[i])],
      [Infinity, -Infinity],
    ),
  );
  const sides = ends.map(([low, high]) => Math.max(0, high - low));
  const longest = Math.max(...sides, 1e-12);
  let reach = 0;
  for (const i of shown) {
    const away = axes.map((values, axis) => values[i] - (ends[axis][0] + ends[axis][1]) / 2);
    reach = Math.max(reach, Math.hypot(...away) / longest);
  }
  return { sides: sides.map((side) => Math.max(side / longest, 0.02)), reach: Math.max(reach, 0.2) };
}

/**
 * The camera turned by a drag of (dx, dy) pixels, never over its head.
 *
 * @param {Camera} camera
 * @param {number} dx
 * @param {number} dy
 * @param {Size} size
 */
export const turned = ({ turn, tilt, distance }, dx, dy, { height }) => ({
  turn: turn - (dx / height) * Math.PI,
  tilt: within(tilt + (dy / height) * Math.PI, -1.5, 1.5),
  distance,
});

/** @param {Camera} camera @param {number} factor */
export const approached = (camera, factor) => ({
  ...camera,
  distance: within(camera.distance / factor, 0.25, 6),
});

/**
 * The camera as Plotly wants it, upright and looking at the middle; farther away where the paper is narrow.
 *
 * @param {Camera} camera
 * @param {Size} size
 */
export function plotlyCamera({ turn, tilt, distance }, { width, height }) {
  const away = distance * Math.max(1, (0.9 * height) / width);
  const flat = away * Math.cos(tilt);
  return {
    eye: { x: flat * Math.cos(turn), y: flat * Math.sin(turn), z: away * Math.sin(tilt) },
    center: { x: 0, y: 0, z: 0 },
    up: { x: 0, y: 0, z: 1 },
  };
}

/**
 * The product of two 4 × 4 matrices, column by column.
 *
 * @param {ArrayLike<number>} a
 * @param {ArrayLike<number>} b
 */
function multiply(a, b) {
  const product = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      for (let k = 0; k < 4; k++) product[4 * column + row] += a[4 * k + row] * b[4 * column + k];
    }
  }
  return product;
}

/**
 * A function from a place in the data to [x, y, distance] on the screen.
 *
 * @param {Record<"model" | "view" | "projection", ArrayLike<number>>} matrices Four by four, column by column.
 * @param {number[]} scale From the data's units to the model's.
 * @param {Size} size
 * @returns {Project}
 */
export function projection({ model, view, projection }, [sx, sy, sz], { width, height }) {
  const m = multiply(projection, multiply(view, model));
  return (x, y, z) => {
    const at = (/** @type {number} */ row) =>
      m[row] * x * sx + m[row + 4] * y * sy + m[row + 8] * z * sz + m[row + 12];
    const w = at(3);
    return [(width / 2) * (1 + at(0) / w), (height / 2) * (1 - at(1) / w), w];
  };
}
