/* The names on the map: which, where, and their elements, kept so that a map in motion only moves them. */

/** @import { CategoryMap } from "./map.js" */
/** @import { Label, NameStyle, RegionLabel } from "./types.d.ts" */

import { headPath, placeArrows } from "./arrows.js";
import { coveredParts } from "./covering.js";
import { element } from "./elements.js";
import { axisBoxes } from "./ink.js";
import { boxesOf, inTheWay, placeLabels, placeRegions } from "./labels.js";
import { textWidth } from "./measuring.js";
import { shortName } from "./text.js";

const LABEL_LENGTH = { few: 44, many: 32 };
const FEW = 60;
const LARGEST = 10; // named whatever stands below
const REGION_LENGTH = 44;
const REGION_SIZE = 12.5;
const ARROW_SIZE = 12;
const CANDIDATES = 4000; // by support; nobody looks for more names than that

export class Names {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    /** @type {Map<number, Label>} */
    this.placed = new Map();
    /** @type {Map<number, SVGTextElement>} */
    this.nodes = new Map();
    this.placedAt = 0;
    /** @type {RegionLabel[]} */
    this.regions = [];
    /** @type {import("./types.d.ts").PlacedArrow[]} */
    this.arrows = [];
  }

  forget() {
    this.placed = new Map();
    this.regions = [];
    this.arrows = [];
  }

  /** Whether names were last placed longer ago than that. @param {number} milliseconds */
  isDue(milliseconds) {
    return performance.now() - this.placedAt > milliseconds;
  }

  /**
   * Find places for names around points that are at (x, y).
   *
   * @param {Float64Array} x
   * @param {Float64Array} y
   */
  place(x, y) {
    const { points, marks, paper, selection, area, solid, motion } = this.map;
    const { width, height } = paper;
    const focus = selection.focus();
    const largest = Array.from({ length: Math.min(LARGEST, points.n) }, (_, i) => i);
    const must = new Set([...focus, ...largest]);
    const held = motion.isFlowing || solid.isOn ? [...this.placed.keys()].sort((a, b) => a - b) : [];
    const rest = Array.from({ length: Math.min(points.n, CANDIDATES) }, (_, i) => i);
    const most = Math.round(Math.min(120, Math.max(10, (width * height) / 5200)));
    this.placedAt = performance.now();
    this.arrows = this.placeArrows();
    const closed = [
      paper.buttons,
      ...(selection.selected >= 0 ? coveredParts(paper.free, paper) : []),
      ...this.arrows.flatMap(({ box }) => box ?? []),
      ...(solid.isOn ? solid.titles : axisBoxes(this.map)),
    ];
    const near = new Set(focus);
    const wanted = {
      must,
      x,
      y,
      radius: marks.radius,
      size: paper,
      most: solid.isOn ? Math.min(18, most) : most,
      style: (/** @type {number} */ i) => this.style(i, near),
      widthOf: textWidth,
      held: this.placed,
      isHidden: area.isHidden,
    };
    this.regions = [];
    if (points.regions && !motion.isFlowing) {
      // What was asked for is named before the cluster in whose midst it lies.
      const first = placeLabels({ ...wanted, order: focus, closed });
      this.regions = this.placeRegions(points.regions, x, y, boxesOf(first, x, y));
    }
    this.placed = placeLabels({
      ...wanted,
      order: [...focus, ...largest, ...area.members(), ...held, ...rest],
      closed: [...closed, ...this.regions.map(({ box }) => box)],
    });
  }

  /**
   * The names of the clusters that are shown, in the middle of their members.
   *
   * @param {import("./types.d.ts").Groups} regions
   * @param {Float64Array} x
   * @param {Float64Array} y
   * @param {import("./types.d.ts").Box[]} named Where names are that go before.
   */
  placeRegions({ names, code }, x, y, named) {
    const { paper, area, theme } = this.map;
    return placeRegions({
      names: names.map((name) => shortName(name, REGION_LENGTH)),
      code,
      x,
      y,
      size: paper,
      height: REGION_SIZE * 1.5,
      closed: [...named, ...this.arrows.flatMap(({ box }) => box ?? [])],
      widthOf: (text) => textWidth(text, `650 ${REGION_SIZE}px ${theme.font}`) + 0.3 * text.length + 6,
      isHidden: area.isHidden,
      isAway: area.isAway,
    });
  }

  /**
   * Size and weight say how much a name matters, as on a printed map.
   *
   * @param {number} i
   * @param {Set<number>} focus
   * @returns {NameStyle}
   */
  style(i, focus) {
    const { points, theme, selection, area } = this.map;
    const rank = points.weight[i] > 0.78 ? "major" : "minor";
    const role = i === selection.selected ? "selected" : focus.has(i) ? "neighbor" : rank;
    const size = { selected: 14, neighbor: 12.5, major: 12.5, minor: 11 }[role];
    const weight = { selected: 700, neighbor: 600, major: 600, minor: 400 }[role];
    const text = shortName(points.labels[i], LABEL_LENGTH[points.n > FEW ? "many" : "few"]);
    return { text, role, size, away: area.isAway(i), font: `${weight} ${size}px ${theme.font}` };
  }

  /** Bring the elements to where the points are now. */
  draw() {
    for (const [i, node] of this.nodes) {
      if (this.placed.has(i)) continue;
      node.remove();
      this.nodes.delete(i);
    }
    this.drawArrows();
    const { x, y } = this.map.marks;
    const waiting = inTheWay(this.placed, x, y);
    for (const [i, label] of this.placed) {
      const node = this.nodeOf(i);
      if (node.textContent !== label.text) node.textContent = label.text;
      const apart = `${label.away ? " atlas-away" : ""}${waiting.has(i) ? " atlas-waits" : ""}`;
      const className = `atlas-name atlas-${label.role}${apart}`;
      if (node.getAttribute("class") !== className) node.setAttribute("class", className);
      if (node.dataset.font !== label.font) node.style.font = node.dataset.font = label.font;
      node.setAttribute("x", String(x[i] + label.dx));
      node.setAttribute("y", String(y[i] + label.dy + label.size * 0.34));
    }
    this.drawRegions();
  }

  /** Arrows begin in the middle of the places, wherever that is on the paper now. */
  placeArrows() {
    const { data, paper, solid, theme } = this.map;
    if (solid.isOn || !data.arrows.length) return [];
    const [x, y] = data.arrows_from;
    const font = `650 ${ARROW_SIZE}px ${theme.font}`;
    return placeArrows({
      arrows: data.arrows.map((arrow) => ({ ...arrow, text: shortName(arrow.text, REGION_LENGTH) })),
      from: {
        x: paper.width / 2 + (x - paper.view.x) / paper.view.unit,
        y: paper.height / 2 - (y - paper.view.y) / paper.view.unit,
      },
      size: paper,
      height: ARROW_SIZE * 1.4,
      widthOf: (text) => textWidth(text, font) + 2,
    });
  }

  drawArrows() {
    this.arrows = this.placeArrows();
    const nodes = this.arrows.flatMap(({ text, from, tip, box }) => {
      const line = { x1: from.x, y1: from.y, x2: tip.x, y2: tip.y };
      const drawn = [
        element("line", { class: "atlas-arrow atlas-arrow-paper", ...line }),
        element("line", { class: "atlas-arrow", ...line }),
        element("path", { class: "atlas-arrow-head", d: headPath(from, tip) }),
      ];
      if (!box) return drawn;
      const place = { x: box.x0 + 1, y: (box.y0 + box.y1) / 2 + ARROW_SIZE * 0.34, "font-size": ARROW_SIZE };
      return [...drawn, element("text", { class: "atlas-name atlas-arrow-name", ...place }, text)];
    });
    this.map.elements.arrows.replaceChildren(...nodes);
  }

  drawRegions() {
    const { regions } = this.map.elements;
    regions.replaceChildren(
      ...this.regions.map(({ text, x, y, away }) => {
        const place = { x, y: y + REGION_SIZE * 0.34, "text-anchor": "middle", "font-size": REGION_SIZE };
        const className = `atlas-name atlas-region${away ? " atlas-away" : ""}`;
        return element("text", { class: className, ...place }, text);
      }),
    );
  }

  /** @param {number} i */
  nodeOf(i) {
    let node = this.nodes.get(i);
    if (!node) {
      node = element("text");
      this.nodes.set(i, node);
      this.map.elements.names.append(node);
    }
    return node;
  }
}
