/* Where names go on the map, so that none covers another. */

const LABEL_LENGTH = 24;

/** The points of a map in square cells, to find those under a rectangle without looking at all. */
class PointGrid {
  constructor(x, y, radius, width, height, isHidden) {
    this.cell = 24;
    this.columns = Math.max(1, Math.ceil(width / this.cell));
    this.rows = Math.max(1, Math.ceil(height / this.cell));
    this.cells = new Map();
    Object.assign(this, { x, y, radius });
    for (let i = 0; i < x.length; i++) {
      if (x[i] < 0 || y[i] < 0 || x[i] > width || y[i] > height || isHidden(i)) continue;
      const id = this.cellOf(y[i], this.rows) * this.columns + this.cellOf(x[i], this.columns);
      const members = this.cells.get(id);
      if (members) members.push(i);
      else this.cells.set(id, [i]);
    }
  }

  cellOf(value, count) {
    return Math.min(count - 1, Math.max(0, Math.floor(value / this.cell)));
  }

  /**
   * What a name in this rectangle would hide: for every point in it `price(i)` times the pixels by which its disc
   * reaches in. Stops adding at `limit`, which a crowd passes at once.
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
const SIDES = [
  [1, 0], [0.75, -0.8], [0.75, 0.8], [-1, 0], [0, -1], [0, 1], [-0.75, -0.8], [-0.75, 0.8],
];

function labelBox(x, y, gap, width, height, [sideX, sideY]) {
  const left = x + sideX * gap + (sideX > 0 ? 0 : sideX < 0 ? -width : -width / 2);
  const middle = y + sideY * (gap + height / 2 - 1);
  return { x0: left, y0: middle - height / 2, x1: left + width, y1: middle + height / 2 };
}

const boxesMeet = (a, b) => a.x0 < b.x1 + 3 && b.x0 < a.x1 + 3 && a.y0 < b.y1 && b.y0 < a.y1;

/**
 * Choose names and places, most important first, so that no two names meet and none hides a bigger point.
 *
 * `order` lists points by importance; `must` is the set of those that are written even over points;
 * `style(i)` returns {text, font, size}; `held` is the former result, whose
 * sides are tried first; `closed` are boxes where nothing may stand; `isHidden(i)` tells which points are not there.
 * Returns a Map from point to {side, box offsets from the point, text, ...}.
 */
function placeLabels({ order, must, x, y, radius, width, height, most, style, held, closed, isHidden }) {
  const grid = new PointGrid(x, y, radius, width, height, isHidden);
  const placed = new Map();
  const taken = [...closed];
  let tried = 0;
  for (const i of order) {
    if (placed.has(i) || isHidden(i) || x[i] < -4 || y[i] < -4 || x[i] > width + 4 || y[i] > height + 4) continue;
    if (placed.size >= most || tried++ > most * 5) break;
    const look = style(i);
    const labelWidth = textWidth(look.text, look.font) + 2;
    const former = held.get(i)?.side;
    const patience = must.has(i) ? Infinity : tried < most / 4 ? 22 : 7;
    // Points come biggest first, so a lower number is a point that matters more.
    const price = (j) => (j === i ? 0 : j < i || must.has(j) ? 3 : 1);
    let best = null;
    for (let s = 0; s < SIDES.length; s++) {
      const box = labelBox(x[i], y[i], radius[i] + 3, labelWidth, look.size * 1.22, SIDES[s]);
      if (box.x0 < 3 || box.y0 < 2 || box.x1 > width - 3 || box.y1 > height - 2) continue;
      const liking = s === former ? -1.5 : s * 0.35;
      const limit = best ? best.cost : patience;
      if (liking >= limit || taken.some((other) => boxesMeet(box, other))) continue;
      const cost = liking + grid.hidden(box, price, limit - liking);
      if (cost < limit) best = { cost, s, box };
    }
    if (best === null) continue;
    taken.push(best.box);
    placed.set(i, {
      ...look,
      side: best.s,
      dx: best.box.x0 - x[i] + 1,
      dy: (best.box.y0 + best.box.y1) / 2 - y[i],
    });
  }
  return placed;
}
