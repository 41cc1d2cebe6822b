/* What the gestures do. */

/** @import { CategoryMap } from "./map.js" */
/** @import { GestureActs } from "./types.d.ts" */

import { drawFocus } from "./ink.js";
import { REST_DELAY } from "./motion.js";

const NAMES_DELAY = 90; // milliseconds; in a drag, names need not find new places in every frame
const DOUBLE_CLICK = 360;

/** @implements {GestureActs} */
export class Pointer {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    /** The category under the pointer, or -1. */
    this.hovered = -1;
    /** Whether it has been clicked, and its card is not wanted any more. */
    this.isSilent = false;
    this.painting = 0;
    this.letGo = 0;
    this.clearing = 0;
  }

  stop() {
    cancelAnimationFrame(this.painting);
    for (const timer of [this.letGo, this.clearing]) clearTimeout(timer);
  }

  /** @param {number} dx @param {number} dy */
  pan(dx, dy) {
    const { solid, paper } = this.map;
    if (solid.isOn) {
      solid.turn(dx, dy);
      return;
    }
    paper.pan(dx, dy);
    this.moveByHand();
  }

  /** @param {number} factor @param {number} x @param {number} y */
  zoom(factor, x, y) {
    const { solid, paper } = this.map;
    if (solid.isOn) {
      solid.zoom(factor);
      return;
    }
    paper.zoom(factor, x, y);
    this.moveByHand();
  }

  /** The view is the person's now; draw it in the next frame. */
  moveByHand() {
    const { points, paper, motion, names, flat, elements } = this.map;
    if (!points.n) return;
    paper.isHeld = true;
    this.map.tellMoved();
    elements.stage.classList.add("atlas-held");
    cancelAnimationFrame(this.painting);
    this.painting = requestAnimationFrame(() => {
      motion.halt();
      motion.paint(names.isDue(NAMES_DELAY));
    });
    // Where frames keep coming, the map never rests.
    clearTimeout(this.letGo);
    this.letGo = setTimeout(() => flat.sync(), REST_DELAY);
  }

  rest() {
    this.map.motion.rest();
  }

  /** Zoom around the middle, gliding. @param {number} factor */
  zoomStep(factor) {
    const { points, solid, paper, motion } = this.map;
    if (!points.n) return;
    this.zoom(factor, paper.width / 2, paper.height / 2);
    if (solid.isOn) return;
    cancelAnimationFrame(this.painting);
    motion.goTo(200);
  }

  fit() {
    const { points, solid, paper, motion, elements } = this.map;
    clearTimeout(this.clearing);
    if (!points.n) return;
    if (solid.isOn) {
      solid.moveCamera(solid.fitted());
      return;
    }
    elements.stage.classList.remove("atlas-held");
    paper.fit();
    motion.goTo(250);
  }

  /** @param {number} x @param {number} y @param {boolean} touch */
  hover(x, y, touch) {
    const { points, marks, elements, card } = this.map;
    const i = points.n ? marks.at(x, y, touch) : -1;
    if (i === this.hovered) return;
    this.isSilent = false;
    this.hovered = i;
    elements.stage.classList.toggle("atlas-on-point", i >= 0);
    drawFocus(this.map);
    card.show();
  }

  leave() {
    this.hover(-1e6, -1e6, false);
  }

  /** @param {number} x @param {number} y @param {boolean} touch */
  click(x, y, touch) {
    const { points, marks, selection, area, saving, card } = this.map;
    if (!points.n) return;
    clearTimeout(this.clearing);
    saving.close();
    const i = marks.at(x, y, touch);
    if (i >= 0) selection.choose(i);
    // A second click may be on its way: a double click fits the map and leaves the selection alone.
    else if (selection.selected >= 0) this.clearing = setTimeout(() => selection.clear(), DOUBLE_CLICK);
    else if (area.isDrawing) this.clearing = setTimeout(() => area.set([]), DOUBLE_CLICK);
    this.hover(x, y, touch);
    // With a mouse the card has been read before the click, and now would only cover the neighbours.
    this.isSilent = !touch;
    card.show();
  }

  /** @param {boolean} shift */
  areaShape(shift) {
    return this.map.area.shape(shift);
  }

  /** @param {import("./types.d.ts").Spot[] | null} path */
  drawArea(path) {
    this.map.area.draw(path);
  }

  /** @param {import("./types.d.ts").Spot[]} path */
  takeArea(path) {
    this.map.area.take(path);
  }
}
