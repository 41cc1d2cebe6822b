/* A lit area: a lasso or a box around categories. Python owns which group is lit, as it owns the selection. */

/** @import { CategoryMap } from "./map.js" */
/** @import { MapData, Points, Spot } from "./types.d.ts" */

import { categoryCount } from "./text.js";
import { isInside } from "./view.js";
import { Wish } from "./wish.js";

export class Area {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.wish = new Wish();
    /** Whether the page wants to hear of areas. */
    this.isAllowed = false;
    /** Whether a drag draws a lasso instead of moving the paper. */
    this.isDrawing = false;
    /** 1 for each category in the area, null when there is none. @type {Uint8Array | null} */
    this.member = null;
    /** Whether only the members are shown. */
    this.isIsolated = false;
    /** Which members are alone on the map, "" when all categories are shown. */
    this.alone = "";
    this.isHidden = (/** @type {number} */ i) => this.isIsolated && !this.member?.[i];
    this.isAway = (/** @type {number} */ i) => this.member !== null && !this.member[i];
  }

  members() {
    const { member } = this;
    return member ? this.map.points.labels.map((_, i) => i).filter((i) => member[i]) : [];
  }

  toggle() {
    if (!this.isAllowed || this.map.solid.isOn) return;
    this.isDrawing = !this.isDrawing;
    this.dress();
    if (this.isDrawing) this.map.speak("Draw around categories to select them.");
  }

  dress() {
    const { areaButton, stage } = this.map.elements;
    areaButton.hidden = !this.isAllowed || this.map.solid.isOn;
    if (areaButton.hidden) this.isDrawing = false;
    areaButton.setAttribute("aria-pressed", String(this.isDrawing));
    stage.classList.toggle("atlas-drawing", this.isDrawing);
  }

  /**
   * What a drag draws: nothing (it moves the paper), a lasso, or with Shift a box.
   *
   * @param {boolean} shift
   */
  shape(shift) {
    if (!this.isAllowed || this.map.solid.isOn || !this.map.points.n) return null;
    if (shift) return "box";
    return this.isDrawing ? "lasso" : null;
  }

  /** @param {Spot[] | null} path */
  draw(path) {
    const spots = path?.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`);
    this.map.elements.areaLine.setAttribute("d", spots ? `M${spots.join("L")}Z` : "");
  }

  /** @param {Spot[]} path */
  take(path) {
    const { points, marks } = this.map;
    this.draw(null);
    const isMember = (/** @type {number} */ i) => !this.isHidden(i) && isInside(path, marks.x[i], marks.y[i]);
    this.set(points.labels.map((_, i) => i).filter(isMember));
  }

  /**
   * Light an area up at once, and let Python know.
   *
   * @param {number[]} members
   * @param {string} title What they are, where they were not drawn around.
   */
  set(members, title = "") {
    if (!members.length && !this.member) return;
    const { map } = this;
    this.lightUp(members);
    map.recolor();
    map.selection.show();
    if (!map.solid.isOn && map.paper.uncover(map.selection.selected)) map.motion.goTo(350);
    map.speak(members.length ? `${categoryCount(members.length)} in the area.` : "The area is cleared.");
    const categories = members.map((i) => map.points.labels[i]);
    map.emit("area", this.wish.stamp({ categories, title }));
  }

  /** @param {number[]} members */
  lightUp(members) {
    const { points, root } = this.map;
    const member = new Uint8Array(points.n);
    for (const i of members) member[i] = 1;
    this.member = members.length ? member : null;
    root.dataset.area = String(members.length);
  }

  /**
   * Light up what Python says. Returns true when the map is to be framed again: other members are alone on it, or all
   * categories are back.
   *
   * @param {MapData} data
   * @param {Points | null} changedFrom The points until now, where these are others.
   */
  receive(data, changedFrom) {
    const { points } = this.map;
    if (!this.wish.isUnheard(data.heard.area)) this.lightUp(points.group);
    else if (changedFrom) {
      const lit = new Set(changedFrom.labels.filter((_, i) => this.member?.[i]));
      this.lightUp(points.labels.flatMap((label, i) => (lit.has(label) ? [i] : [])));
    }
    this.isIsolated = data.isolated && this.member !== null;
    const before = this.alone;
    this.alone = this.isIsolated ? (this.member ?? []).join("") : "";
    return this.alone !== before;
  }
}
