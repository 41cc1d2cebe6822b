/* Arrows from the middle of a map: which way something grows on it. Pure functions. */

/** @import { Arrow, Box, PlacedArrow, Size, Spot } from "./types.d.ts" */

import { boxesMeet } from "./labels.js";
import { within } from "./view.js";

const LONGEST = 0.36; // of the shorter side of the paper
const GAP = 6;
const HEAD = { length: 8, width: 3.4 };
/* By how many of its heights a name is moved aside where another stands. */
const SHIFTS = [0, 1, -1, 2, -2, 3, -3];

/**
 * Arrows on the paper, each with its name beyond its tip, where no other name stands.
 *
 * @param {object} wanted
 * @param {Arrow[]} wanted.arrows The longest first.
 * @param {Spot} wanted.from Where they begin, on the paper.
 * @param {Size} wanted.size
 * @param {number} wanted.height Of a name.
 * @param {(text: string) => number} wanted.widthOf
 * @returns {PlacedArrow[]}
 */
export function placeArrows({ arrows, from, size, height, widthOf }) {
  const { width, height: tall } = size;
  const longest = LONGEST * Math.min(width, tall);
  /** @type {Box[]} */
  const taken = [];
  return arrows.map(({ text, direction: [dx, up], length }) => {
    const tip = { x: from.x + dx * length * longest, y: from.y - up * length * longest };
    const wide = widthOf(text);
    const boxAt = (/** @type {number} */ shift) => {
      const left = tip.x + dx * GAP + ((dx - 1) / 2) * wide;
      const middle = tip.y - up * (GAP + height / 2) + shift * height;
      const x0 = within(left, 4, Math.max(4, width - wide - 4));
      const y0 = within(middle - height / 2, 2, Math.max(2, tall - height - 2));
      return { x0, x1: x0 + wide, y0, y1: y0 + height };
    };
    const boxes = SHIFTS.map(boxAt);
    const box = boxes.find((each) => !taken.some((other) => boxesMeet(each, other))) ?? null;
    if (box) taken.push(box);
    return { text, from, tip, box };
  });
}

/**
 * The outline of an arrow's head.
 *
 * @param {Spot} from
 * @param {Spot} tip
 */
export function headPath(from, tip) {
  const length = Math.hypot(tip.x - from.x, tip.y - from.y) || 1;
  const [dx, dy] = [(tip.x - from.x) / length, (tip.y - from.y) / length];
  const [x, y] = [tip.x - dx * HEAD.length, tip.y - dy * HEAD.length];
  const corner = (/** @type {number} */ side) =>
    `${(x - dy * HEAD.width * side).toFixed(1)},${(y + dx * HEAD.width * side).toFixed(1)}`;
  return `M${tip.x.toFixed(1)},${tip.y.toFixed(1)}L${corner(1)}L${corner(-1)}Z`;
}
