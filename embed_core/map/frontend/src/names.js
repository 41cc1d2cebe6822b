/* The names on the map: which, where, and their elements, kept so that a map in motion only moves them. */

/** @import { CategoryMap } from "./map.js" */
/** @import { Label, NameStyle } from "./types.d.ts" */

import { element } from "./elements.js";
import { placeLabels } from "./labels.js";
import { textWidth } from "./measuring.js";
import { shortName } from "./text.js";

const LABEL_LENGTH = 24;
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
  }

  forget() {
    this.placed = new Map();
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
    const must = new Set(focus);
    const held = motion.isFlowing || solid.isOn ? [...this.placed.keys()].sort((a, b) => a - b) : [];
    const rest = Array.from({ length: Math.min(points.n, CANDIDATES) }, (_, i) => i);
    const most = Math.round(Math.min(120, Math.max(10, (width * height) / 5200)));
    const buttons = { x0: width - 46, y0: 0, x1: width, y1: area.isAllowed && !solid.isOn ? 166 : 138 };
    this.placedAt = performance.now();
    this.placed = placeLabels({
      order: [...focus, ...area.members(), ...held, ...rest],
      must,
      x,
      y,
      radius: marks.radius,
      size: paper,
      most: solid.isOn ? Math.min(18, most) : most,
      style: (i) => this.style(i, must),
      widthOf: textWidth,
      held: this.placed,
      closed: [buttons, ...(solid.isOn ? solid.titles : [])],
      isHidden: area.isHidden,
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
    const text = shortName(points.labels[i], LABEL_LENGTH);
    return { text, role, size, away: area.isAway(i), font: `${weight} ${size}px ${theme.font}` };
  }

  /** Bring the elements to where the points are now. */
  draw() {
    for (const [i, node] of this.nodes) {
      if (this.placed.has(i)) continue;
      node.remove();
      this.nodes.delete(i);
    }
    const { x, y } = this.map.marks;
    for (const [i, label] of this.placed) {
      const node = this.nodeOf(i);
      if (node.textContent !== label.text) node.textContent = label.text;
      const className = `atlas-name atlas-${label.role}${label.away ? " atlas-away" : ""}`;
      if (node.getAttribute("class") !== className) node.setAttribute("class", className);
      if (node.dataset.font !== label.font) node.style.font = node.dataset.font = label.font;
      node.setAttribute("x", String(x[i] + label.dx));
      node.setAttribute("y", String(y[i] + label.dy + label.size * 0.34));
    }
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
