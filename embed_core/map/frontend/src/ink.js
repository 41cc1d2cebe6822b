/* What is drawn around Plotly's points: graticule, lines to neighbours, rings, names.
 * Text of categories and columns reaches the page through textContent only.
 */

/** Faint lines at round values with their numbers on the frame, on maps whose axes mean something. */
function drawGraticule(svg, { data, points, view, width, height }) {
  if (!data.axes.some(Boolean) || !points.n) return svg.replaceChildren();
  const step = graticuleStep(Math.min(width, height) * view.unit, 5);
  const digits = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  const nodes = [];
  const lines = (centre, length, draw) => {
    const reach = (length / 2) * view.unit;
    for (let k = Math.ceil((centre - reach) / step); k * step <= centre + reach; k++) {
      draw(length / 2 + (k * step - centre) / view.unit, (k * step).toFixed(digits).replace(/^-/, "−"));
    }
  };
  lines(view.x, width, (x, text) => {
    nodes.push(element("line", { x1: x, x2: x, y1: 0, y2: height }));
    nodes.push(element("text", { x, y: height + 15, "text-anchor": "middle" }, text));
  });
  lines(view.y, height, (fromBottom, text) => {
    const y = height - fromBottom;
    nodes.push(element("line", { x1: 0, x2: width, y1: y, y2: y }));
    nodes.push(element("text", { x: -8, y: y + 3.5, "text-anchor": "end" }, text));
  });
  svg.replaceChildren(...nodes);
}

/** Size and weight say how much a name matters, as on a printed map. */
function nameStyle(map, i, focus) {
  const { points, theme } = map;
  const rank = points.weight[i] > 0.78 ? "major" : "minor";
  const role = i === map.selected ? "selected" : focus.has(i) ? "neighbor" : rank;
  const size = { selected: 14, neighbor: 12.5, major: 12.5, minor: 11 }[role];
  const weight = { selected: 700, neighbor: 600, major: 600, minor: 400 }[role];
  const text = shortName(points.labels[i], LABEL_LENGTH);
  return { text, role, size, away: map.isAway(i), font: `${weight} ${size}px ${theme.font}` };
}

/** Dashed to a neighbour that this map has moved away. */
function lineToNeighbor(map, i, opacity) {
  const { px, py, radius, selected } = map;
  const [dx, dy] = [px[i] - px[selected], py[i] - py[selected]];
  const length = Math.hypot(dx, dy);
  const [start, end] = [radius[selected] + 5, length - radius[i] - 3];
  if (end <= start) return null;
  const along = (reach) => [px[selected] + (dx / length) * reach, py[selected] + (dy / length) * reach];
  const [[x1, y1], [x2, y2]] = [along(start), along(end)];
  const className = map.far.has(i) ? "atlas-thread atlas-far" : "atlas-thread";
  return element("line", { class: className, x1, y1, x2, y2, opacity: map.far.has(i) ? 0.9 : opacity });
}

function disc(map, i, className, grow) {
  const circle = { cx: map.px[i], cy: map.py[i], r: map.radius[i] + grow, class: className };
  return element("circle", className === "atlas-spot" ? { ...circle, fill: map.fill[i] } : circle);
}

/** A ring with a cross through it: near on this map, and not in truth. */
function crossedRing(map, i) {
  const r = map.radius[i] + 3;
  return element("path", { class: "atlas-false", d: crossedRingPath(map.px[i], map.py[i], r, r * 0.707) });
}

const crossedRingPath = (x, y, r, k) =>
  `M${x - r},${y}a${r},${r} 0 1 0 ${2 * r},0a${r},${r} 0 1 0 ${-2 * r},0` +
  `M${x - k},${y - k}l${2 * k},${2 * k}M${x + k},${y - k}l${-2 * k},${2 * k}`;

function focusNodes(map) {
  if (map.selected < 0) return [];
  const visible = map.neighbors.filter(([i]) => !map.isHidden(i));
  const threads = visible.map(([i], k) => lineToNeighbor(map, i, 1 - (0.55 * k) / visible.length));
  const rings = visible.flatMap(([i]) => [disc(map, i, "atlas-spot", 0), disc(map, i, "atlas-ring", 2)]);
  const crossed = map.falseNeighbors.filter((i) => !map.isHidden(i));
  return [
    disc(map, map.selected, "atlas-spot", 0),
    ...threads.filter(Boolean),
    disc(map, map.selected, "atlas-ring atlas-chosen", 3.5),
    ...rings,
    ...crossed.flatMap((i) => [disc(map, i, "atlas-spot", 0), crossedRing(map, i)]),
  ];
}

/** Names are kept from one drawing to the next, so that a map in motion only moves them. */
function drawOver(svg, map) {
  const [focus, names] = svg.children;
  const { hovered, selected } = map;
  const ring = hovered >= 0 && hovered !== selected ? [disc(map, hovered, "atlas-ring atlas-hovered", 2.5)] : [];
  focus.replaceChildren(...focusNodes(map), ...ring);
  for (const [i, node] of map.texts) {
    if (map.labels.has(i)) continue;
    node.remove();
    map.texts.delete(i);
  }
  for (const [i, label] of map.labels) {
    let node = map.texts.get(i);
    if (!node) {
      map.texts.set(i, (node = element("text", {})));
      names.append(node);
    }
    if (node.textContent !== label.text) node.textContent = label.text;
    const className = `atlas-name atlas-${label.role}${label.away ? " atlas-away" : ""}`;
    if (node.getAttribute("class") !== className) node.setAttribute("class", className);
    if (node.dataset.font !== label.font) node.style.font = node.dataset.font = label.font;
    node.setAttribute("x", map.px[i] + label.dx);
    node.setAttribute("y", map.py[i] + label.dy + label.size * 0.34);
  }
}
