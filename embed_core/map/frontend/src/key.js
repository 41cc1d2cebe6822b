/* The key below the map: what colours, sizes and marks stand for. One description serves the page and the pictures. */

/** Entries of the key, in order: {kind, ...}; text in them is data. */
function keyEntries(map) {
  const { points, data, coloring, domain } = map;
  if (!points.n) return [];
  const entries = [];
  if (points.groups) entries.push(groupEntry(map));
  else if (points.color && domain) entries.push(scaleEntry(coloring, domain));
  if (points.fade && data.fade_title) entries.push({ kind: "fade", title: shortName(data.fade_title, 40) });
  if (map.knowsNeighbors) entries.push(marksEntry(map));
  entries.push(sizeEntry(map));
  return entries;
}

function scaleEntry({ title, scale }, domain) {
  const isLog = scale === "rows";
  const words = (value) => numbers.format(isLog ? 10 ** value : value).replace("-", "−");
  return {
    kind: "scale",
    title: shortName(title || "value", 40) + (isLog ? " (log scale)" : ""),
    low: (domain.below ? "≤ " : "") + words(domain.low),
    high: (domain.above ? "≥ " : "") + words(domain.high),
    diverges: scale === "diverging",
    missing: domain.missing,
  };
}

function groupEntry({ points, coloring, theme }) {
  const { names, code } = points.groups;
  const own = names.slice(0, theme.groups.length);
  const items = own.map((name, k) => ({ color: theme.groups[k], text: shortName(name, 24) }));
  const rest = names.length - items.length;
  if (rest > 0) items.push({ color: theme.others, text: rest === 1 ? "1 other" : `${rest} others` });
  if (code.includes(65535)) items.push({ missing: true, text: "none" });
  return { kind: "groups", title: shortName(coloring.title || "group", 40), items };
}

function marksEntry(map) {
  const items = [{ mark: "near", text: "neighbour" }];
  if (map.neighbors.some(([i]) => map.far.has(i))) items.push({ mark: "far", text: "neighbour, far on this map" });
  if (map.falseNeighbors.length) items.push({ mark: "false", text: "only seems near" });
  return { kind: "marks", items, idle: map.selected < 0 || !map.neighbors.length };
}

function sizeEntry({ points, theme, radius }) {
  const seen = points.support.map((_, i) => i).filter((i) => radius[i] > 0.1);
  const [first, last] = [seen[0] ?? 0, seen.at(-1) ?? 0];
  const color = points.color || points.groups ? theme.ink : theme.accent;
  const isFlat = points.support[first] === points.support[last];
  const size = (i) => ({ radius: radius[i], alpha: 0.45 + 0.5 * points.weight[i] });
  return {
    kind: "size",
    color,
    least: isFlat ? null : { ...size(last), text: counts.format(points.support[last]) },
    most: { ...size(first), text: rowCount(points.support[first]) },
  };
}

/* ---- on the page ---- */

function markIcon(mark) {
  const svg = element("svg", { class: `atlas-mark atlas-mark-${mark}`, width: 22, height: 12, viewBox: "0 0 22 12" });
  if (mark === "false") svg.append(element("path", { class: "atlas-false", d: crossedRingPath(11, 6, 5, 3.5) }));
  else {
    const className = mark === "far" ? "atlas-thread atlas-far" : "atlas-thread";
    svg.append(element("line", { class: className, x1: 1, y1: 6, x2: 13, y2: 6 }));
    svg.append(element("circle", { class: "atlas-ring", cx: 17, cy: 6, r: 3.5 }));
  }
  return svg;
}

function dotNode(color, missing) {
  const dot = htmlElement("span", missing ? "atlas-dot atlas-missing" : "atlas-dot");
  dot.style[missing ? "color" : "background"] = color;
  return dot;
}

const keyDrawers = {
  scale(key, entry, theme) {
    const bar = htmlElement("span", "atlas-bar");
    bar.style.background = `linear-gradient(to right, ${(entry.diverges ? theme.diverging : theme.scale).join(", ")})`;
    key.append(htmlElement("bdi", "atlas-key-title", entry.title));
    key.append(htmlElement("span", "", entry.low), bar, htmlElement("span", "", entry.high));
    if (entry.missing) key.append(dotNode(theme.missing, true), htmlElement("span", "", "missing"));
  },
  groups(key, entry, theme) {
    key.append(htmlElement("bdi", "atlas-key-title", entry.title));
    for (const { color, missing, text } of entry.items) {
      const item = htmlElement("span", "atlas-key-item");
      item.append(dotNode(color ?? theme.missing, missing), htmlElement("bdi", "", text));
      key.append(item);
    }
  },
  fade(key, entry, theme) {
    const [solid, faded] = [dotNode(theme.ink), dotNode(theme.ink)];
    faded.style.opacity = 0.2;
    key.append(solid, faded, htmlElement("bdi", "", `faded: ${entry.title}`));
  },
  marks(key, entry) {
    key.classList.toggle("atlas-idle", entry.idle);
    for (const { mark, text } of entry.items) {
      const item = htmlElement("span", "atlas-key-item");
      item.append(markIcon(mark), text);
      key.append(item);
    }
  },
  size(key, { color, least, most }) {
    const dot = ({ radius, alpha }) => {
      const node = dotNode(color);
      Object.assign(node.style, { width: `${2 * radius}px`, height: `${2 * radius}px`, opacity: alpha });
      return node;
    };
    if (least) key.append(dot(least), htmlElement("span", "", least.text), htmlElement("span", "atlas-dash"));
    key.append(dot(most), htmlElement("span", "", most.text));
  },
};

function drawFooter(footer, map) {
  const entries = keyEntries(map);
  const drawn = JSON.stringify([entries, map.theme]);
  if (footer.drawn === drawn) return;
  footer.drawn = drawn;
  footer.replaceChildren(
    ...entries.map((entry) => {
      const key = htmlElement("div", `atlas-key atlas-key-${entry.kind}`);
      keyDrawers[entry.kind](key, entry, map.theme);
      return key;
    }),
  );
}
