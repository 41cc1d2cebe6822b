/* Bringing the points to where the view wants them, in one step or in many. */

/** @import { CategoryMap } from "./map.js" */

import { within } from "./view.js";

export const REST_DELAY = 220; // milliseconds without motion, after which Plotly is brought up to date

export const stillness = () => window.matchMedia("(prefers-reduced-motion: reduce)").matches;

const easeOut = (/** @type {number} */ t) => 1 - (1 - t) ** 3;

export class Motion {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.animation = 0;
    this.resting = 0;
    /** When the points will have arrived, 0 when they have. */
    this.glideEnd = 0;
    this.frameTime = 0;
    /** Whether one frame follows another: names then keep their places, and rest is longer in coming. */
    this.isFlowing = false;
  }

  stop() {
    this.halt();
    clearTimeout(this.resting);
  }

  /** Leave the points where they are, on their way. */
  halt() {
    cancelAnimationFrame(this.animation);
    this.glideEnd = 0;
  }

  /** Whether points are still under way. */
  get isGliding() {
    return performance.now() < this.glideEnd;
  }

  /** How long to glide: until the next frame is likely to come. */
  pace() {
    const now = performance.now();
    const since = now - this.frameTime;
    this.frameTime = now;
    return within(since, 120, 750);
  }

  /**
   * Bring the points to where the view wants them, in `duration` milliseconds.
   *
   * @param {number} duration
   * @param {(t: number) => number} ease
   */
  goTo(duration, ease = easeOut) {
    const { paper, marks, names } = this.map;
    cancelAnimationFrame(this.animation);
    const to = paper.target();
    const from = { x: marks.x, y: marks.y };
    names.place(to.x, to.y);
    if (!duration || from.x.length !== to.x.length || stillness()) {
      this.glideEnd = 0;
      this.moveTo(to.x, to.y);
      this.rest();
      return;
    }
    this.glideEnd = performance.now() + duration;
    /** @type {number | undefined} */
    let start;
    const step = (/** @type {number} */ now) => {
      start ??= now;
      const t = ease(Math.min(1, (now - start) / duration));
      this.moveTo(
        to.x.map((value, i) => from.x[i] + (value - from.x[i]) * t),
        to.y.map((value, i) => from.y[i] + (value - from.y[i]) * t),
      );
      if (now - start < duration) this.animation = requestAnimationFrame(step);
      else this.rest();
    };
    this.animation = requestAnimationFrame(step);
  }

  /**
   * Draw the points where they are now.
   *
   * @param {boolean} placeNames
   */
  paint(placeNames) {
    const { x, y } = this.map.paper.target();
    if (placeNames) this.map.names.place(x, y);
    this.moveTo(x, y);
    this.rest();
  }

  /** @param {Float64Array} x @param {Float64Array} y */
  moveTo(x, y) {
    const { marks, flat, root } = this.map;
    marks.x = x;
    marks.y = y;
    if (root.dataset.still !== "false") root.dataset.still = "false";
    flat.follow();
    this.map.drawOver();
  }

  /** When nothing has moved for a moment, let Plotly know where everything is. */
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(
      () => {
        const { flat, marks, names, root } = this.map;
        flat.sync();
        names.place(marks.x, marks.y);
        this.map.drawOver();
        root.dataset.still = "true";
      },
      this.isFlowing ? 3 * REST_DELAY : REST_DELAY,
    );
  }
}
