/* The paper that the map is on: its size, and the view of the data's plane that it shows. */

/** @import { CategoryMap } from "./map.js" */
/** @import { Box, Places, View } from "./types.d.ts" */
/** @typedef {{ x: Float64Array, y: Float64Array }} Spots */

const NARROW = 480; // pixels of width, under which the buttons stand in a row over the map and not at its side
const ROW_PART = 20; // of the row's lower edge, which the margin above a map leaves free by itself

import { freePart, scrollFor, wayOut } from "./covering.js";
import { sameList } from "./data.js";
import { boundsOf, easeBounds, onPaper, panned, viewOf, zoomed } from "./view.js";

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
    /** The part that nothing covers while a category is selected. @type {Box} */
    this.free = { x0: 0, x1: 0, y0: 0, y1: 0 };
    /** The part below the buttons. @type {Box} */
    this.buttons = { x0: 0, x1: 0, y0: 0, y1: 0 };
    this.isNarrow = false;
    /** Of which category that was measured, on a paper of this size. */
    this.freeFor = "";
  }

  measure() {
    const { stage, under, over } = this.map.elements;
    const [width, height] = [stage.clientWidth, stage.clientHeight];
    // A view that stays the same lies elsewhere on a paper of another size: it is drawn again.
    if (width !== this.width || height !== this.height) this.view = { ...this.view };
    this.width = width;
    this.height = height;
    for (const svg of [under, over]) svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
    this.measureButtons();
    this.measureFree();
  }

  measureButtons() {
    const { root, elements } = this.map;
    const { buttons, stage } = elements;
    this.isNarrow = this.width < NARROW;
    root.classList.toggle("atlas-narrow", this.isNarrow);
    const [x0, y0] = [buttons.offsetLeft - stage.offsetLeft, buttons.offsetTop - stage.offsetTop];
    const [x1, y1] = [x0 + buttons.offsetWidth, y0 + buttons.offsetHeight];
    this.buttons = { x0: x0 - 6, x1: Math.max(x1, this.width), y0: Math.min(0, y0), y1: y1 + 4 };
  }

  /** How much of the paper a row of buttons takes from a map that is shown whole. */
  get above() {
    return this.isNarrow ? Math.max(0, this.buttons.y1 - ROW_PART) : 0;
  }

  /** The view that shows a box, below the row of buttons where there is one. @param {Box} box @returns {View} */
  viewOn(box) {
    const { width, height, above } = this;
    const view = viewOf(box, { width, height: height - above });
    return { ...view, y: view.y + (above / 2) * view.unit };
  }

  /**
   * Once for each category: a page that is scrolled must not move the map when it is framed again.
   *
   * @param {boolean} scrolls Whether the page may be scrolled, so that enough is left free.
   */
  measureFree(scrolls = false) {
    const { data, elements, selection } = this.map;
    const measured = [selection.selected, this.width, this.height, data.covered, data.covered_below].join();
    if (measured === this.freeFor) return;
    this.freeFor = measured;
    const { stage } = elements;
    const { top } = stage.getBoundingClientRect();
    const highest = Number.parseFloat(getComputedStyle(stage).scrollMarginTop) || 0;
    const by = scrolls ? scrollFor(this, data, top, highest, window.innerHeight) : 0;
    if (by) stage.scrollIntoView({ block: "start", behavior: "smooth" });
    this.free = freePart(this, data, top - by, window.innerHeight, this.isNarrow ? this.buttons.y1 : 0);
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
    const view = this.uncovered(this.viewOn(this.bounds), this.map.selection.selected);
    if (!sameList(Object.values(view), Object.values(this.view))) this.view = view;
  }

  /** Show everything. */
  fit() {
    this.isHeld = false;
    this.bounds = this.wholeBounds();
    this.view = this.viewOn(this.bounds);
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
   * The view itself, or one in which the category is beside what covers it, and its neighbours as far as there is room;
   * without a category, the members of the group that is lit up.
   *
   * @param {View} view
   * @param {number} i
   */
  uncovered(view, i) {
    const { player } = this.map;
    const { free, width, height } = this;
    const places = onPaper(view, this, player.now);
    const seen = i < 0 ? this.litUp(places) : this.around(i, places);
    if (!seen.length) return view;
    const across = seen.map((j) => places.x[j]);
    const high = seen.map((j) => height - places.y[j]);
    const right = free.x0 > 0 ? wayOut(across, free.x0, free.x1) : 0;
    const left =
      free.x1 < width
        ? wayOut(
            across.map((x) => width - x),
            width - free.x1,
            width - free.x0,
          )
        : 0;
    const up = free.y1 < height ? wayOut(high, height - free.y1, height - free.y0) : 0;
    return right || left || up ? panned(view, right - left, -up) : view;
  }

  /** A category, and its neighbours that are seen. @param {number} i @param {Spots} places */
  around(i, { x, y }) {
    const { neighbors, far } = this.map.selection;
    const isSeen = (/** @type {number} */ j) =>
      x[j] > 0 && x[j] < this.width && y[j] > 0 && y[j] < this.height;
    return [i, ...neighbors.map(([j]) => j).filter((j) => !far.has(j) && isSeen(j))];
  }

  /** The members of the group that is lit up, the one in their middle first. @param {Spots} places */
  litUp({ x, y }) {
    const { member, isIsolated } = this.map.area;
    if (!member || isIsolated) return [];
    const members = [...member.keys()].filter((i) => member[i]);
    const middle = (/** @type {Float64Array} */ of) =>
      members.reduce((sum, i) => sum + of[i], 0) / members.length;
    const [mx, my] = [middle(x), middle(y)];
    const off = (/** @type {number} */ i) => Math.hypot(x[i] - mx, y[i] - my);
    return members.sort((a, b) => off(a) - off(b));
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
