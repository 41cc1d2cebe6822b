/* What is drawn around Plotly's points: graticule, lines to neighbours, rings, names, card, and the key below.
 * Text of categories and columns reaches the page through textContent only.
 */

const SVG = "http://www.w3.org/2000/svg";
const rowCount = (rows) => `${counts.format(rows)} ${rows === 1 ? "row" : "rows"}`;

function element(name, attributes, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
  if (text !== undefined) node.textContent = text;
  return node;
}

function htmlElement(name, className, text) {
  const node = document.createElement(name);
  node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

/** Faint lines at round values with their numbers on the frame, on maps whose axes mean something. */
function drawGraticule(svg, { data, view, width, height }) {
  if (!data.axes.some(Boolean) || !data.labels.length) return svg.replaceChildren();
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
  return { text: shortName(points.labels[i], LABEL_LENGTH), role, size, font: `${weight} ${size}px ${theme.font}` };
}

function lineToNeighbor(map, i, opacity) {
  const { px, py, radius, selected } = map;
  const [dx, dy] = [px[i] - px[selected], py[i] - py[selected]];
  const length = Math.hypot(dx, dy);
  const [start, end] = [radius[selected] + 5, length - radius[i] - 3];
  if (end <= start) return null;
  const along = (reach) => [px[selected] + (dx / length) * reach, py[selected] + (dy / length) * reach];
  const [[x1, y1], [x2, y2]] = [along(start), along(end)];
  return element("line", { class: "atlas-thread", x1, y1, x2, y2, opacity });
}

function disc(map, i, className, grow) {
  const circle = { cx: map.px[i], cy: map.py[i], r: map.radius[i] + grow, class: className };
  return element("circle", className === "atlas-spot" ? { ...circle, fill: map.fill[i] } : circle);
}

function focusNodes(map) {
  if (map.selected < 0) return [];
  const threads = map.neighbors.map(([i], k) => lineToNeighbor(map, i, 1 - (0.55 * k) / map.neighbors.length));
  const rings = map.neighbors.flatMap(([i]) => [disc(map, i, "atlas-spot", 0), disc(map, i, "atlas-ring", 2)]);
  return [
    disc(map, map.selected, "atlas-spot", 0),
    ...threads.filter(Boolean),
    disc(map, map.selected, "atlas-ring atlas-chosen", 3.5),
    ...rings,
  ];
}

/** Names are kept from one drawing to the next, so that a map in motion only moves them. */
function drawOver(svg, map) {
  const [focus, names] = svg.children;
  const { hovered: i, selected } = map;
  const hovered = i >= 0 && i !== selected ? [disc(map, i, "atlas-ring atlas-hovered", 2.5)] : [];
  focus.replaceChildren(...focusNodes(map), ...hovered);
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
    const className = `atlas-name atlas-${label.role}`;
    if (node.getAttribute("class") !== className) node.setAttribute("class", className);
    node.style.font = label.font;
    node.setAttribute("x", map.px[i] + label.dx);
    node.setAttribute("y", map.py[i] + label.dy + label.size * 0.34);
  }
}

function showCard(card, map) {
  const { points, hovered: i, data, width, height } = map;
  card.hidden = i < 0 || map.silent;
  if (card.hidden) return;
  const lines = [htmlElement("bdi", "atlas-card-name", shortName(points.labels[i], 90))];
  lines.push(htmlElement("span", "atlas-card-fact", rowCount(points.support[i])));
  if (points.color) {
    const value = points.color[i] === null ? "missing" : numbers.format(points.color[i]);
    lines.push(htmlElement("span", "atlas-card-fact", `${shortName(data.color_title || "value", 40)} ${value}`));
  }
  const neighbor = map.neighbors.find(([j]) => j === i);
  if (neighbor) {
    const from = shortName(points.labels[map.selected], 24);
    lines.push(htmlElement("span", "atlas-card-fact", `distance ${numbers.format(neighbor[1])} from ${from}`));
  }
  card.replaceChildren(...lines);
  const gap = map.radius[i] + 9;
  const [w, h] = [card.offsetWidth, card.offsetHeight];
  const left = map.px[i] + gap + w < width ? map.px[i] + gap : map.px[i] - gap - w;
  const top = map.py[i] - h / 2;
  card.style.left = `${Math.max(4, Math.min(width - w - 4, left))}px`;
  card.style.top = `${Math.max(4, Math.min(height - h - 4, top))}px`;
}

/** Below the map: what the colours stand for, and what the sizes stand for. */
function drawFooter(footer, map) {
  const { points, data, domain, theme } = map;
  const parts = [];
  if (points.n && points.color && domain) parts.push(colorKey(data.color_title, domain, theme));
  if (points.n) parts.push(sizeKey(map));
  footer.replaceChildren(...parts);
}

function colorKey(title, domain, theme) {
  const key = htmlElement("div", "atlas-key");
  const bar = htmlElement("span", "atlas-bar");
  bar.style.background = `linear-gradient(to right, ${theme.scale.join(", ")})`;
  const low = (domain.below ? "≤ " : "") + numbers.format(domain.low);
  const high = (domain.above ? "≥ " : "") + numbers.format(domain.high);
  key.append(htmlElement("bdi", "atlas-key-title", shortName(title || "value", 40)));
  key.append(htmlElement("span", "", low), bar, htmlElement("span", "", high));
  if (domain.missing) {
    const dot = htmlElement("span", "atlas-dot");
    dot.classList.add("atlas-missing");
    dot.style.color = theme.missing;
    key.append(dot, htmlElement("span", "", "missing"));
  }
  return key;
}

function sizeKey({ points, theme, radius, fill }) {
  const key = htmlElement("div", "atlas-key");
  const last = points.n - 1;
  const dot = (i) => {
    const node = htmlElement("span", "atlas-dot");
    Object.assign(node.style, { width: `${2 * radius[i]}px`, height: `${2 * radius[i]}px` });
    node.style.background = points.color ? theme.ink : theme.accent;
    node.style.opacity = fill[i].match(/[\d.]+(?=\))/)[0];
    return node;
  };
  if (points.support[0] !== points.support[last]) {
    const least = htmlElement("span", "", counts.format(points.support[last]));
    key.append(dot(last), least, htmlElement("span", "atlas-dash"));
  }
  key.append(dot(0), htmlElement("span", "", rowCount(points.support[0])));
  return key;
}
