/* The points as they are on the paper: where, how large, in which colour. */

/** @import { CategoryMap } from "./map.js" */

import { colorOf, fills, outlines, outlineWidth } from "./color.js";
import { sameList } from "./data.js";
import { radiiOf } from "./view.js";
import { nearestPoint } from "./walking.js";

const NONE_YET = new Float64Array(0);

export class Marks {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    /** @type {Float64Array} */
    this.x = NONE_YET;
    /** @type {Float64Array} */
    this.y = NONE_YET;
    /** How far each is from the eye, in three dimensions. @type {Float64Array} */
    this.depth = NONE_YET;
    /** @type {number[]} */
    this.radius = [];
    /** @type {string[]} */
    this.fill = [];
  }

  forget() {
    this.x = this.y = this.depth = NONE_YET;
  }

  /** Lists that hold the same stay the same object, by which Plotly's drawing is known to be true. */
  setRadii() {
    const { sizing, paper, area } = this.map;
    const radius = radiiOf(sizing.weight, paper, area.isHidden);
    if (!sameList(radius, this.radius)) this.radius = radius;
  }

  setFill() {
    const { points, coloring, area, theme } = this.map;
    const fill = fills(
      points,
      colorOf(coloring.tint, coloring.domain, theme, coloring.diverges),
      theme,
      area,
    );
    if (!sameList(fill, this.fill)) this.fill = fill;
  }

  /** The colour and width of what surrounds each. */
  outline() {
    const { points, coloring, area, theme } = this.map;
    return { color: outlines(points.n, coloring.tint, theme, area), width: outlineWidth(points.n) };
  }

  /**
   * The point under the pointer, or -1: the nearest one whose disc (and a little around it) is hit.
   *
   * @param {number} x
   * @param {number} y
   * @param {boolean} touch
   */
  at(x, y, touch) {
    const reach = (/** @type {number} */ i) => Math.max(this.radius[i] + 3, touch ? 20 : 7);
    return nearestPoint(this.x, this.y, { x, y }, reach, this.map.area.isHidden);
  }

  /** @param {number} i */
  isOnPaper(i) {
    const { area, paper } = this.map;
    const [x, y] = [this.x[i], this.y[i]];
    return !area.isHidden(i) && x > 0 && y > 0 && x < paper.width && y < paper.height;
  }
}
