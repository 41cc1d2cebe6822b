/* Where names go on the map, so that none covers another. Pure functions. */

/** @import { Box, Hides, Label, NameStyle, Size } from "./types.d.ts" */

import { MARKER, within } from "./view.js";

/** The points of a map in square cells, to find those under a rectangle without looking at all. */
class PointGrid {
  /**
   * @param {Float64Array} x
   * @param {Float64Array} y
   * @param {number[]} radius
   * @param {Size} size
   * @param {Hides} isHidden
   */
  constructor(x, y, radius, { width, height }, isHidden) {
    this.x = x;
    this.y = y;
    this.radius = radius;
    this.cell = 24;
    this.columns = Math.max(1, Math.ceil(width / this.cell));
    this.rows = Math.max(1, Math.ceil(height / this.cell));
    /** @type {Map<number, number[]>} */
    this.cells = new Map();
    for (let i = 0; i < x.length; i++) {
      if (x[i] < 0 || y[i] < 0 || x[i] > width || y[i] > height || isHidden(i)) continue;
      const id = this.cellOf(y[i], this.rows) * this.columns + this.cellOf(x[i], this.columns);
      const members = this.cells.get(id);
      if (members) members.push(i);
      else this.cells.set(id, [i]);
    }
  }

  /** @param {number} value @param {number} count */
  cellOf(value, count) {
    return within(Math.floor(value / this.cell), 0, count - 1);
  }

  /**
   * What a name in this rectangle would hide: for every point in it `price(i)` times the pixels by which its disc
   * reaches in. Stops adding at `limit`, which a crowd passes at once.
   *
   * @param {Box} box
   * @param {(i: number) => number} price
   * @param {number} limit
   */
  hidden(box, price, limit) {
    const reach = MARKER.most / 2;
    let cost = 0;
    const lastRow = this.cellOf(box.y1 + reach, this.rows);
    const lastColumn = this.cellOf(box.x1 + reach, this.columns);
    for (let row = this.cellOf(box.y0 - reach, this.rows); row <= lastRow; row++) {
      for (let column = this.cellOf(box.x0 - reach, this.columns); column <= lastColumn; column++) {
        for (const i of this.cells.get(row * this.columns + column) ?? []) {
          const dx = Math.max(box.x0 - this.x[i], 0, this.x[i] - box.x1);
          const dy = Math.max(box.y0 - this.y[i], 0, this.y[i] - box.y1);
          if (dx > this.radius[i] || dy > this.radius[i]) continue;
          const depth = this.radius[i] - Math.sqrt(dx * dx + dy * dy);
          if (depth > 0.5) cost += price(i) * Math.min(depth, 5);
          if (cost > limit) return cost;
        }
      }
    }
    return cost;
  }
}

/* Where a name may stand beside its point, best first (Imhof's order: right, then above, left, below). */
// biome-ignore format: a table
const SIDES = [
  [1, 0], [0.75, -0.8], [0.75, 0.8], [-1, 0], [0, -1], [0, 1], [-0.75, -0.8], [-0.75, 0.8],
];

/**
 * @param {number} x
 * @param {number} y
 * @param {number} gap
 * @param {number} width
 * @param {number} height
 * @param {number[]} side
 * @returns {Box}
 */
function labelBox(x, y, gap, width, height, [sideX, sideY]) {
  const left = x + sideX * gap + (sideX > 0 ? 0 : sideX < 0 ? -width : -width / 2);
  const middle = y + sideY * (gap + height / 2 - 1);
  return { x0: left, y0: middle - height / 2, x1: left + width, y1: middle + height / 2 };
}

/** @param {Box} a @param {Box} b */
export const boxesMeet = (a, b) => a.x0 < b.x1 + 3 && b.x0 < a.x1 + 3 && a.y0 < b.y1 && b.y0 < a.y1;

/**
 * Choose names and places, most important first, so that no two names meet and none hides a bigger point.
 *
 * @param {object} wanted
 * @param {number[]} wanted.order Points by importance.
 * @param {Set<number>} wanted.must Those whose names are written even over points.
 * @param {Float64Array} wanted.x
 * @param {Float64Array} wanted.y
 * @param {number[]} wanted.radius
 * @param {Size} wanted.size
 * @param {number} wanted.most How many names there may be.
 * @param {(i: number) => NameStyle} wanted.style
 * @param {(text: string, font: string) => number} wanted.widthOf
 * @param {Map<number, Label>} wanted.held The former result, whose sides are tried first.
 * @param {Box[]} wanted.closed Where nothing may stand.
 * @param {Hides} wanted.isHidden
 * @returns {Map<number, Label>}
 */
export function placeLabels({
  order,
  must,
  x,
  y,
  radius,
  size,
  most,
  style,
  widthOf,
  held,
  closed,
  isHidden,
}) {
  const { width, height } = size;
  const grid = new PointGrid(x, y, radius, size, isHidden);
  /** @type {Map<number, Label>} */
  const placed = new Map();
  const taken = [...closed];
  let tried = 0;
  for (const i of order) {
    if (placed.has(i) || isHidden(i)) continue;
    if (x[i] < -4 || y[i] < -4 || x[i] > width + 4 || y[i] > height + 4) continue;
    if (placed.size >= most || tried++ > most * 5) break;
    const look = style(i);
    const labelWidth = widthOf(look.text, look.font) + 2;
    const former = held.get(i)?.side;
    const patience = must.has(i) ? Infinity : tried < most / 4 ? 22 : 7;
    // Points come biggest first, so a lower number is a point that matters more.
    const price = (/** @type {number} */ j) => (j === i ? 0 : j < i || must.has(j) ? 3 : 1);
    /** @type {{ side: number, box: Box } | null} */
    let best = null;
    let least = patience;
    for (let side = 0; side < SIDES.length; side++) {
      const box = labelBox(x[i], y[i], radius[i] + 3, labelWidth, look.size * 1.22, SIDES[side]);
      if (box.x0 < 3 || box.y0 < 2 || box.x1 > width - 3 || box.y1 > height - 2) continue;
      const liking = side === former ? -1.5 : side * 0.35;
      if (liking >= least || taken.some((other) => boxesMeet(box, other))) continue;
      const cost = liking + grid.hidden(box, price, least - liking);
      if (cost < least) [least, best] = [cost, { side, box }];
    }
    if (best === null) continue;
    const { side, box } = best;
    taken.push(box);
    const [dx, dy] = [box.x0 - x[i] + 1, (box.y0 + box.y1) / 2 - y[i]];
    placed.set(i, { ...look, side, dx, dy, width: box.x1 - box.x0, height: box.y1 - box.y0 });
  }
  return placed;
}

/**
 * Names that would cover a more important one, where the points are now: on the way to the places for which the names
 * were placed, they may meet.
 *
 * @param {Map<number, Label>} placed The most important first.
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} y
 * @returns {Set<number>}
 */
export function inTheWay(placed, x, y) {
  /** @type {Set<number>} */
  const found = new Set();
  /** @type {Box[]} */
  const taken = [];
  for (const [i, label] of placed) {
    const box = boxOf(label, x[i], y[i]);
    if (taken.some((other) => boxesCover(box, other))) found.add(i);
    else taken.push(box);
  }
  return found;
}

/** @param {Label} label @param {number} x @param {number} y @returns {Box} */
function boxOf({ dx, dy, width, height }, x, y) {
  const [x0, middle] = [x + dx - 1, y + dy];
  return { x0, y0: middle - height / 2, x1: x0 + width, y1: middle + height / 2 };
}

/**
 * The boxes of names beside their points.
 *
 * @param {Map<number, Label>} placed
 * @param {ArrayLike<number>} x
 * @param {ArrayLike<number>} y
 */
export const boxesOf = (placed, x, y) => [...placed].map(([i, label]) => boxOf(label, x[i], y[i]));

/* Two names may stand closer on their way than where they are placed: they are hidden when letters meet. */
/** @param {Box} a @param {Box} b */
const boxesCover = (a, b) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 - 2 && b.y0 < a.y1 - 2;

/* Where the name of a cluster may stand, in its own heights from the middle of the members. */
const SHIFTS = [0, -1.2, 1.2, -2.4, 2.4, -3.6, 3.6, -5, 5];

/**
 * Names of clusters in the middle of their members, so that none covers another.
 *
 * @param {object} wanted
 * @param {string[]} wanted.names
 * @param {ArrayLike<number>} wanted.code The cluster of each point, beyond the names where it has none.
 * @param {Float64Array} wanted.x
 * @param {Float64Array} wanted.y
 * @param {Size} wanted.size
 * @param {number} wanted.height Of a name.
 * @param {Box[]} wanted.closed Where nothing may stand.
 * @param {(text: string) => number} wanted.widthOf
 * @param {Hides} wanted.isHidden
 * @param {(i: number) => boolean} wanted.isAway Whether a point is not of what is lit up: a cluster without any is paler.
 * @returns {import("./types.d.ts").RegionLabel[]}
 */
export function placeRegions({ names, code, x, y, size, height, closed, widthOf, isHidden, isAway }) {
  /** @type {number[][]} */
  const members = names.map(() => []);
  for (let i = 0; i < x.length; i++) if (!isHidden(i)) members[code[i]]?.push(i);
  /** @type {import("./types.d.ts").RegionLabel[]} */
  const placed = [];
  names.forEach((text, k) => {
    if (!members[k].length) return;
    const [mx, my] = [x, y].map((values) => median(members[k].map((i) => values[i])));
    if (mx < 0 || my < 0 || mx > size.width || my > size.height) return;
    const half = widthOf(text) / 2;
    const middle = within(mx, half + 4, Math.max(half + 4, size.width - half - 4));
    const boxAt = (/** @type {number} */ shift) => {
      const at = within(my + shift * height, height, size.height - height);
      return { x0: middle - half, x1: middle + half, y0: at - height / 2, y1: at + height / 2 };
    };
    const boxes = SHIFTS.map(boxAt);
    const taken = [...closed, ...placed.map((other) => other.box)];
    const box = boxes.find((each) => !taken.some((other) => boxesMeet(each, other)));
    if (box) placed.push({ text, x: middle, y: (box.y0 + box.y1) / 2, box, away: members[k].every(isAway) });
  });
  return placed;
}

/** @param {number[]} values */
function median(values) {
  const sorted = values.sort((a, b) => a - b);
  return sorted[sorted.length >> 1];
}
