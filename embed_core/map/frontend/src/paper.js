/* The paper that the map is on: its size, and the view of the data's plane that it shows. */

/** @import { CategoryMap } from "./map.js" */
/** @import { Box, Places, View } from "./types.d.ts" */

import { sameList } from "./data.js";
import { boundsOf, easeBounds, onPaper, panned, viewOf, zoomed } from "./view.js";

const MARGIN = 40; // pixels beside what covers the map, and at its other side, for half a name

export class Paper {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.width = 0;
    this.height = 0;
    /** @type {View} */
    this.view = { x: 0, y: 0, unit: 1 };
    /** What the view was fitted to. @type {Box | null} */
    this.bounds = null;
    /** Whether the person has moved or zoomed, and the view is to be left alone. */
    this.isHeld = false;
    /** @type {{ places: Places, alone: string, box: Box } | null} */
    this.whole = null;
  }

  measure() {
    const { stage, under, over } = this.map.elements;
    this.width = stage.clientWidth;
    this.height = stage.clientHeight;
    for (const svg of [under, over]) svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
  }

  /** The box around what is shown, in all frames. */
  wholeBounds() {
    const { points, area } = this.map;
    const { places } = points;
    if (this.whole?.places !== places || this.whole.alone !== area.alone) {
      this.whole = { places, alone: area.alone, box: boundsOf(points.n, places, area.isHidden) };
    }
    return this.whole.box;
  }

  /**
   * Show everything, unless the person has chosen a view; a view that is the same stays the same object.
   *
   * @param {boolean} follows Follow points that move, from the bounds that there are.
   */
  frame(follows) {
    if (this.isHeld) return;
    const now = this.wholeBounds();
    this.bounds = follows && this.bounds ? easeBounds(this.bounds, now) : now;
    const view = this.uncovered(viewOf(this.bounds, this), this.map.selection.selected);
    if (!sameList(Object.values(view), Object.values(this.view))) this.view = view;
  }

  /** Show everything. */
  fit() {
    this.isHeld = false;
    this.bounds = this.wholeBounds();
    this.view = viewOf(this.bounds, this);
  }

  /** @param {number} dx @param {number} dy */
  pan(dx, dy) {
    this.view = panned(this.view, dx, dy);
  }

  /** @param {number} factor @param {number} x @param {number} y */
  zoom(factor, x, y) {
    if (this.bounds) this.view = zoomed(this.view, factor, { x, y }, this, this.bounds);
  }

  /** Where the points are on the paper. */
  target() {
    return onPaper(this.view, this, this.map.player.now);
  }

  /**
   * Move the view aside where a category would lie below what stands over the map, and tell whether that was so.
   *
   * @param {number} i
   */
  uncover(i) {
    const view = this.uncovered(this.view, i);
    if (view === this.view) return false;
    this.view = view;
    return true;
  }

  /**
   * The view itself, or one in which the category is beside what covers it, and its neighbours as far as there is room.
   *
   * @param {View} view
   * @param {number} i
   */
  uncovered(view, i) {
    const { data, player, selection } = this.map;
    if (i < 0 || this.width < 2.2 * data.covered) return view;
    const across = (/** @type {number} */ j) => this.width / 2 + (player.now.x[j] - view.x) / view.unit;
    const near = selection.neighbors.filter(([j]) => !selection.far.has(j)).map(([j]) => across(j));
    const seen = [across(i), ...near.filter((x) => x > 0 && x < this.width)];
    const [hidden, most] = [seen[0], Math.min(...seen)].map((x) => data.covered + MARGIN - x);
    const room = this.width - MARGIN - Math.max(...seen);
    const aside = Math.max(hidden, Math.min(most, room));
    return aside > 0 ? panned(view, aside, 0) : view;
  }

  /**
   * Move the view to a category that is outside, and tell whether that was so.
   *
   * @param {number} i
   */
  bringIntoView(i) {
    const { x, y } = this.map.player.now;
    const { view, width, height } = this;
    const [dx, dy] = [x[i] - view.x, y[i] - view.y].map((d) => Math.abs(d) / view.unit);
    if (dx < width / 2 - 10 && dy < height / 2 - 10) return false;
    this.view = { x: x[i], y: y[i], unit: view.unit };
    return true;
  }
}
