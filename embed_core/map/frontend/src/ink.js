/* What is drawn around Plotly's points: graticule, lines to neighbours, rings.
 * Text of categories and columns reaches the page through textContent only.
 */

/** @import { CategoryMap } from "./map.js" */
/** @import { Box, Size, View } from "./types.d.ts" */

import { element } from "./elements.js";
import { textWidth } from "./measuring.js";
import { graticuleStep } from "./view.js";

const NUMBER = 14; // pixels of height of a number on the frame
const DIGIT = 6; // and of width of one of its digits
export const TITLE_OFF = 7; // how far the title of an axis stands from the frame

/**
 * Faint lines at round values with their numbers within the frame, on maps whose axes mean something.
 *
 * @param {CategoryMap} map
 */
export function drawGraticule(map) {
  const { paper, elements } = map;
  const { view, width, height } = paper;
  /** @type {SVGElement[]} */
  const nodes = [];
  if (hasAxes(map)) {
    const step = graticuleStep(Math.min(width, height) * view.unit, 5);
    for (const [x] of lines(view.x, width, view.unit, step)) {
      nodes.push(element("line", { x1: x, x2: x, y1: 0, y2: height }));
    }
    for (const [y] of lines(view.y, height, view.unit, step)) {
      nodes.push(element("line", { x1: 0, x2: width, y1: height - y, y2: height - y }));
    }
    for (const { x, y, text, anchor } of axisNumbers(view, paper, titleBoxes(map))) {
      nodes.push(element("text", { x, y, "text-anchor": anchor }, text));
    }
  }
  elements.under.replaceChildren(...nodes);
}

/** @param {CategoryMap} map */
const hasAxes = ({ data, points, solid }) => !solid.isOn && data.axes.some(Boolean) && points.n > 0;

/** Where the titles of the axes stand: below at the right, and above at the left. @param {CategoryMap} map @returns {Box[]} */
function titleBoxes({ data, paper, theme }) {
  const { width, height } = paper;
  const long = data.axes.map((title) =>
    Math.min(0.45 * width, title ? textWidth(title, `11px ${theme.font}`) : 0),
  );
  return [
    { x0: width - TITLE_OFF - long[0] - 4, x1: width, y0: height - TITLE_OFF - NUMBER, y1: height },
    { x0: 0, x1: TITLE_OFF + long[1] + 4, y0: 0, y1: TITLE_OFF + NUMBER },
  ];
}

/** What the axes have written on the paper: no name stands there. @param {CategoryMap} map @returns {Box[]} */
export function axisBoxes(map) {
  if (!hasAxes(map)) return [];
  const titles = titleBoxes(map);
  return [...titles, ...axisNumbers(map.paper.view, map.paper, titles).map(({ box }) => box)];
}

/**
 * The numbers at the lines of the graticule, within the frame at its lower and its left edge, where nothing is in the way.
 *
 * @param {View} view
 * @param {Size} size
 * @param {Box[]} titles Where no number stands.
 */
export function axisNumbers(view, { width, height }, titles) {
  const step = graticuleStep(Math.min(width, height) * view.unit, 5);
  const corner = { x0: 0, x1: 36, y0: height - NUMBER - 8, y1: height };
  const isFree = (/** @type {{ box: Box }} */ { box }) =>
    box.x1 < width &&
    box.y0 > 0 &&
    ![...titles, corner].some((b) => b.x0 < box.x1 && box.x0 < b.x1 && b.y0 < box.y1 && box.y0 < b.y1);
  const below = [...lines(view.x, width, view.unit, step)].map(([x, text]) => {
    const half = (DIGIT * text.length) / 2;
    const box = { x0: x - half, x1: x + half, y0: height - NUMBER - 3, y1: height };
    return { x, y: height - 6, text, anchor: "middle", box };
  });
  const beside = [...lines(view.y, height, view.unit, step)].map(([fromBottom, text]) => {
    const y = height - fromBottom;
    const box = { x0: 0, x1: 7 + DIGIT * text.length, y0: y - NUMBER / 2, y1: y + NUMBER / 2 };
    return { x: 6, y: y + 3.5, text, anchor: "start", box };
  });
  return [...below, ...beside].filter(isFree);
}

/**
 * Where lines at multiples of `step` are along one side of the paper, and their numbers.
 *
 * @param {number} middle
 * @param {number} length
 * @param {number} unit
 * @param {number} step
 * @returns {Generator<[number, string]>}
 */
function* lines(middle, length, unit, step) {
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const reach = (length / 2) * unit;
  for (let k = Math.ceil((middle - reach) / step); k * step <= middle + reach; k++) {
    yield [length / 2 + (k * step - middle) / unit, (k * step).toFixed(digits).replace(/^-/, "−")];
  }
}

/**
 * Dashed to a neighbour that this map has moved away.
 *
 * @param {CategoryMap} map
 * @param {number} i
 * @param {number} opacity
 */
function lineToNeighbor({ marks, selection }, i, opacity) {
  const { x, y, radius } = marks;
  const { selected, far } = selection;
  const [dx, dy] = [x[i] - x[selected], y[i] - y[selected]];
  const length = Math.hypot(dx, dy);
  const [start, end] = [radius[selected] + 5, length - radius[i] - 3];
  if (end <= start) return [];
  const along = (/** @type {number} */ reach) => [
    x[selected] + (dx / length) * reach,
    y[selected] + (dy / length) * reach,
  ];
  const [[x1, y1], [x2, y2]] = [along(start), along(end)];
  const isFar = far.has(i);
  const className = isFar ? "atlas-thread atlas-far" : "atlas-thread";
  return [element("line", { class: className, x1, y1, x2, y2, opacity: isFar ? 0.9 : opacity })];
}

/** @param {CategoryMap} map @param {number} i @param {string} className @param {number} grow */
function ring({ marks }, i, className, grow) {
  return element("circle", { cx: marks.x[i], cy: marks.y[i], r: marks.radius[i] + grow, class: className });
}

/** The point itself, over the map that has faded. @param {CategoryMap} map @param {number} i */
function spot(map, i) {
  const disc = ring(map, i, "atlas-spot", 0);
  disc.setAttribute("fill", map.marks.fill[i]);
  return disc;
}

/** A ring with a cross through it: near on this map, and not in truth. @param {CategoryMap} map @param {number} i */
function crossedRing({ marks }, i) {
  const r = marks.radius[i] + 3;
  return element("path", {
    class: "atlas-false",
    d: crossedRingPath(marks.x[i], marks.y[i], r, r * Math.SQRT1_2),
  });
}

/** @param {number} x @param {number} y @param {number} r @param {number} k */
export const crossedRingPath = (x, y, r, k) =>
  `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0` +
  `M${x - k},${y - k}l${2 * k},${2 * k}M${x + k},${y - k}l${-2 * k},${2 * k}`;

/** Where replicates put the selected category, each joined to its place on the map. @param {CategoryMap} map */
function cloud({ marks, selection, paper, solid }) {
  if (solid.isOn) return [];
  const { view, width, height } = paper;
  const { selected } = selection;
  return selection.cloud.flatMap(([x, y]) => {
    const [cx, cy] = [width / 2 + (x - view.x) / view.unit, height / 2 - (y - view.y) / view.unit];
    const line = { class: "atlas-cloud-line", x1: marks.x[selected], y1: marks.y[selected], x2: cx, y2: cy };
    return [element("line", line), element("circle", { class: "atlas-cloud", cx, cy, r: 5 })];
  });
}

/** @param {CategoryMap} map */
function focusNodes(map) {
  const { selected, neighbors, falseNeighbors } = map.selection;
  const { isHidden } = map.area;
  if (selected < 0) return [];
  const visible = neighbors.map(([i]) => i).filter((i) => !isHidden(i));
  return [
    ...cloud(map),
    spot(map, selected),
    ...visible.flatMap((i, k) => lineToNeighbor(map, i, 1 - (0.55 * k) / visible.length)),
    ring(map, selected, "atlas-ring atlas-chosen", 3.5),
    ...visible.flatMap((i) => [spot(map, i), ring(map, i, "atlas-ring", 2)]),
    ...falseNeighbors.filter((i) => !isHidden(i)).flatMap((i) => [spot(map, i), crossedRing(map, i)]),
  ];
}

/**
 * What is lit up: the selected category with its neighbours, and the one under the pointer.
 *
 * @param {CategoryMap} map
 */
export function drawFocus(map) {
  const { hovered } = map.pointer;
  const isRinged = hovered >= 0 && hovered !== map.selection.selected;
  const nodes = isRinged ? [ring(map, hovered, "atlas-ring atlas-hovered", 2.5)] : [];
  map.elements.focus.replaceChildren(...focusNodes(map), ...nodes);
}
