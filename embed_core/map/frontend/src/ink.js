/* What is drawn around Plotly's points: graticule, lines to neighbours, rings.
 * Text of categories and columns reaches the page through textContent only.
 */

/** @import { CategoryMap } from "./map.js" */

import { element } from "./elements.js";
import { graticuleStep } from "./view.js";

/**
 * Faint lines at round values with their numbers on the frame, on maps whose axes mean something.
 *
 * @param {CategoryMap} map
 */
export function drawGraticule({ data, points, paper, elements }) {
  const { view, width, height } = paper;
  /** @type {SVGElement[]} */
  const nodes = [];
  if (data.axes.some(Boolean) && points.n) {
    const step = graticuleStep(Math.min(width, height) * view.unit, 5);
    for (const [x, text] of lines(view.x, width, view.unit, step)) {
      nodes.push(element("line", { x1: x, x2: x, y1: 0, y2: height }));
      nodes.push(element("text", { x, y: height + 15, "text-anchor": "middle" }, text));
    }
    for (const [fromBottom, text] of lines(view.y, height, view.unit, step)) {
      const y = height - fromBottom;
      nodes.push(element("line", { x1: 0, x2: width, y1: y, y2: y }));
      nodes.push(element("text", { x: -8, y: y + 3.5, "text-anchor": "end" }, text));
    }
  }
  elements.under.replaceChildren(...nodes);
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
