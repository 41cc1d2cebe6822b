/* What stands over a map while a category is selected, and how the category comes out from below it. Pure functions. */

/** @import { Box, MapData, Size } from "./types.d.ts" */

import { within } from "./view.js";

const LEAST = 260; // pixels of height in which a category and what is around it are seen
const BUTTONS = 54; // pixels at the right, over whatever height a sheet leaves free
const MARGIN = 40; // pixels beside what covers the map, and at its other side, for half a name

/**
 * The part of the paper that is left free: beside a panel at its left or, where there is no room for that, above a sheet.
 *
 * @param {Size} size Of the paper.
 * @param {Pick<MapData, "covered" | "covered_below">} covering
 * @param {number} top Of the paper, in the window.
 * @param {number} windowHeight
 * @param {number} row How far down a row of buttons stands; 0 where they stand at the right.
 * @returns {Box}
 */
export function freePart({ width, height }, { covered, covered_below }, top, windowHeight, row = 0) {
  const whole = { x0: 0, x1: width, y0: 0, y1: height };
  if (width >= 2.2 * covered) return { ...whole, x0: covered };
  if (!covered_below) return whole;
  const [y0, y1] = [-top, windowHeight * (1 - covered_below) - top].map((y) => within(y, 0, height));
  // Where the paper is hardly in the window, moving what is on it helps nobody.
  if (y1 - y0 < 2 * MARGIN) return whole;
  return row ? { ...whole, y0: Math.max(y0, row), y1 } : { ...whole, x1: width - BUTTONS, y0, y1 };
}

/**
 * By how many pixels the page is to be scrolled, so that a sheet leaves enough of the paper free.
 *
 * @param {Size} size Of the paper.
 * @param {Pick<MapData, "covered" | "covered_below">} covering
 * @param {number} top Of the paper, in the window.
 * @param {number} highest Where it can be at most, below what the page keeps at the window's top.
 * @param {number} windowHeight
 */
export function scrollFor({ width }, { covered, covered_below }, top, highest, windowHeight) {
  if (!covered_below || width >= 2.2 * covered) return 0;
  return windowHeight * (1 - covered_below) - top < LEAST ? Math.max(0, top - highest) : 0;
}

/**
 * The parts of the paper that are covered.
 *
 * @param {Box} free
 * @param {Size} size
 * @returns {Box[]}
 */
export function coveredParts(free, { width, height }) {
  return [
    { x0: 0, y0: 0, x1: free.x0, y1: height },
    { x0: 0, y0: 0, x1: width, y1: free.y0 },
    { x0: free.x1, y0: 0, x1: width, y1: height },
    { x0: 0, y0: free.y1, x1: width, y1: height },
  ].filter(({ x0, x1, y0, y1 }) => x1 > x0 && y1 > y0);
}

/**
 * By how many pixels to move the paper, towards its high end, so that what is covered at the low end becomes free.
 *
 * @param {number[]} seen Where the category is, and then its neighbours, which come along as far as there is room.
 * @param {number} low Where the free part begins.
 * @param {number} high Where it ends.
 */
export function wayOut(seen, low, high) {
  const room = high - MARGIN - Math.max(...seen);
  const [hidden, most] = [seen[0], Math.min(...seen)].map((place) => low + MARGIN - place);
  return Math.max(0, hidden, Math.min(most, room));
}
