/* The key below the map: what colours, sizes and marks stand for. One description serves the page and the pictures. */

/** @import { CategoryMap } from "./map.js" */

import { NONE } from "./data.js";
import { element, htmlElement } from "./elements.js";
import { crossedRingPath } from "./ink.js";
import { counts, numbers, rowCount, shortName } from "./text.js";

/**
 * Entries of the key; text in them is data.
 *
 * @typedef {{ kind: "scale", title: string, low: string, high: string, diverges: boolean, missing: boolean }} ScaleEntry
 * @typedef {{ color?: string, missing?: boolean, text: string, codes: number[] }} GroupItem
 * @typedef {{ kind: "groups", title: string, items: GroupItem[] }} GroupsEntry
 * @typedef {{ kind: "fade", title: string }} FadeEntry
 * @typedef {{ mark: "near" | "far" | "false" | "cloud", text: string }} MarkItem
 * @typedef {{ kind: "marks", items: MarkItem[], idle: boolean }} MarksEntry
 * @typedef {{ radius: number, alpha: number, text: string }} Disc
 * @typedef {{ kind: "size", color: string, least: Disc | null, most: Disc }} SizeEntry
 * @typedef {ScaleEntry | GroupsEntry | FadeEntry | MarksEntry | SizeEntry} KeyEntry
 */

/**
 * @param {CategoryMap} map
 * @returns {KeyEntry[]} In order.
 */
export function keyEntries(map) {
  const { points, data } = map;
  if (!points.n) return [];
  /** @type {KeyEntry[]} */
  const entries = [...colorEntry(map)];
  if (points.fade && data.fade_title) entries.push({ kind: "fade", title: shortName(data.fade_title, 40) });
  if (map.selection.knowsNeighbors) entries.push(marksEntry(map));
  entries.push(sizeEntry(map));
  return entries;
}

/**
 * @param {CategoryMap} map
 * @returns {(ScaleEntry | GroupsEntry)[]}
 */
function colorEntry({ coloring, theme }) {
  const { tint, domain, choice } = coloring;
  if (tint.groups) return [groupsEntry(tint.groups, choice.title, theme)];
  if (!domain) return [];
  const isLog = choice.scale === "rows";
  const words = (/** @type {number} */ value) =>
    numbers.format(isLog ? 10 ** value : value).replace("-", "−");
  return [
    {
      kind: "scale",
      title: shortName(choice.title || "value", 40) + (isLog ? " (log scale)" : ""),
      low: (domain.below ? "≤ " : "") + words(domain.low),
      high: (domain.above ? "≥ " : "") + words(domain.high),
      diverges: coloring.diverges,
      missing: domain.missing,
    },
  ];
}

/**
 * @param {import("./types.d.ts").Groups} groups
 * @param {string} title
 * @param {import("./types.d.ts").Theme} theme
 * @returns {GroupsEntry}
 */
function groupsEntry({ names, code }, title, theme) {
  /** @type {GroupItem[]} */
  const items = names
    .slice(0, theme.groups.length)
    .map((name, k) => ({ color: theme.groups[k], text: shortName(name, 32), codes: [k] }));
  const rest = names.length - items.length;
  if (rest > 0) {
    const codes = Array.from({ length: rest }, (_, k) => theme.groups.length + k);
    items.push({ color: theme.others, text: rest === 1 ? "1 other" : `${rest} others`, codes });
  }
  if (code.includes(NONE)) items.push({ missing: true, text: "none", codes: [NONE] });
  return { kind: "groups", title: shortName(title || "group", 40), items };
}

/**
 * @param {CategoryMap} map
 * @returns {MarksEntry}
 */
function marksEntry({ selection }) {
  const { neighbors, far, falseNeighbors, cloud, selected } = selection;
  /** @type {MarkItem[]} */
  const items = [{ mark: "near", text: "neighbour" }];
  if (neighbors.some(([i]) => far.has(i))) items.push({ mark: "far", text: "neighbour, far on this map" });
  if (falseNeighbors.length) items.push({ mark: "false", text: "only seems near" });
  if (cloud.length) items.push({ mark: "cloud", text: "where halves of the rows put it" });
  return { kind: "marks", items, idle: selected < 0 || !neighbors.length };
}

/**
 * @param {CategoryMap} map
 * @returns {SizeEntry}
 */
function sizeEntry({ points, theme, marks, coloring, sizing }) {
  const { weight } = points;
  const support = sizing.values?.map((value) => value ?? Number.NaN) ?? points.support;
  const title = sizing.values ? `${shortName(sizing.choice.title, 40)} ` : "";
  const seen = support.map((_, i) => i).filter((i) => marks.radius[i] > 0.1 && !Number.isNaN(support[i]));
  if (sizing.values) seen.sort((a, b) => support[b] - support[a]);
  const [first, last] = [seen[0] ?? 0, seen.at(-1) ?? 0];
  const words = (/** @type {number} */ value) => (sizing.values ? numbers : counts).format(value ?? 0);
  const { color, groups } = coloring.tint;
  const disc = (/** @type {number} */ i, /** @type {string} */ text) => ({
    radius: marks.radius[i],
    alpha: 0.45 + 0.5 * weight[i],
    text,
  });
  return {
    kind: "size",
    color: color || groups ? theme.ink : theme.accent,
    least: support[first] === support[last] ? null : disc(last, title + words(support[last])),
    most: disc(first, sizing.values ? words(support[first]) : rowCount(support[first])),
  };
}

/* ---- on the page ---- */

/** @param {MarkItem["mark"]} mark */
function markIcon(mark) {
  const size = { width: 22, height: 12, viewBox: "0 0 22 12" };
  const svg = element("svg", { class: `atlas-mark atlas-mark-${mark}`, ...size });
  if (mark === "false")
    svg.append(element("path", { class: "atlas-false", d: crossedRingPath(11, 6, 5, 3.5) }));
  else if (mark === "cloud")
    svg.append(...[5, 11, 17].map((cx) => element("circle", { class: "atlas-cloud", cx, cy: 6, r: 3.5 })));
  else {
    const className = mark === "far" ? "atlas-thread atlas-far" : "atlas-thread";
    svg.append(element("line", { class: className, x1: 1, y1: 6, x2: 13, y2: 6 }));
    svg.append(element("circle", { class: "atlas-ring", cx: 17, cy: 6, r: 3.5 }));
  }
  return svg;
}

/** @param {string} color */
function dot(color) {
  const node = htmlElement("span", "atlas-dot");
  node.style.background = color;
  return node;
}

/** @param {string} color */
function emptyDot(color) {
  const node = htmlElement("span", "atlas-dot atlas-missing");
  node.style.color = color;
  return node;
}

/** @param {Disc} disc @param {string} color */
function sizedDot({ radius, alpha }, color) {
  const node = dot(color);
  Object.assign(node.style, { width: `${2 * radius}px`, height: `${2 * radius}px`, opacity: alpha });
  return node;
}

/**
 * An entry that lights up its categories when it is pressed, and once more puts the light out.
 *
 * @param {CategoryMap} map
 * @param {HTMLElement} node
 * @param {GroupItem} item
 * @param {string} title
 */
function pressable({ area, coloring, points }, node, { text, codes }, title) {
  const wanted = new Set(codes);
  const button = htmlElement("button", "atlas-key-item");
  button.type = "button";
  button.title = `Light up: ${text}`;
  button.setAttribute("aria-pressed", "false");
  button.append(...node.childNodes);
  button.addEventListener("click", () => {
    const { groups } = coloring.tint;
    const isLit = button.getAttribute("aria-pressed") === "true";
    const all = points.labels.map((_, i) => i);
    area.set(isLit || !groups ? [] : all.filter((i) => wanted.has(groups.code[i])), `${title}: ${text}`);
    for (const other of button.parentElement?.querySelectorAll("button") ?? []) {
      other.setAttribute("aria-pressed", String(other === button && !isLit));
    }
  });
  return button;
}

/** @param {(Node | string)[]} content */
function item(...content) {
  const node = htmlElement("span", "atlas-key-item");
  node.append(...content);
  return node;
}

const bdi = (/** @type {string} */ text, className = "") => htmlElement("bdi", className, text);
const span = (/** @type {string} */ text) => htmlElement("span", "", text);

/**
 * The elements of an entry.
 *
 * @param {KeyEntry} entry
 * @param {import("./types.d.ts").Theme} theme
 * @returns {Node[]}
 */
function entryNodes(entry, theme) {
  switch (entry.kind) {
    case "scale": {
      const bar = htmlElement("span", "atlas-bar");
      const colors = entry.diverges ? theme.diverging : theme.scale;
      bar.style.background = `linear-gradient(to right, ${colors.join(", ")})`;
      const missing = entry.missing ? [emptyDot(theme.missing), span("missing")] : [];
      return [bdi(entry.title, "atlas-key-title"), span(entry.low), bar, span(entry.high), ...missing];
    }
    case "groups":
      return [
        bdi(entry.title, "atlas-key-title"),
        ...entry.items.map(({ color, text }) =>
          item(color ? dot(color) : emptyDot(theme.missing), bdi(text)),
        ),
      ];
    case "fade": {
      const [solid, faded] = [dot(theme.ink), dot(theme.ink)];
      faded.style.opacity = "0.2";
      return [solid, faded, bdi(`faded: ${entry.title}`)];
    }
    case "marks":
      return entry.items.map(({ mark, text }) => item(markIcon(mark), text));
    case "size": {
      const { least, most, color } = entry;
      const smallest = least
        ? [sizedDot(least, color), span(least.text), htmlElement("span", "atlas-dash")]
        : [];
      return [...smallest, sizedDot(most, color), span(most.text)];
    }
  }
}

/** The key on the page. */
export class Key {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.drawn = "";
  }

  draw() {
    const { theme, elements } = this.map;
    const entries = keyEntries(this.map);
    const drawn = JSON.stringify([entries, theme]);
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    elements.footer.replaceChildren(
      ...entries.map((entry) => {
        const key = htmlElement("div", `atlas-key atlas-key-${entry.kind}`);
        if (entry.kind === "marks") key.classList.toggle("atlas-idle", entry.idle);
        const nodes = entryNodes(entry, theme);
        key.append(...(entry.kind === "groups" ? this.pressable(entry, nodes) : nodes));
        return key;
      }),
    );
  }
  /** @param {GroupsEntry} entry @param {Node[]} nodes Its title, and an element for each item. */
  pressable({ items, title }, [heading, ...nodes]) {
    if (!this.map.data.areas) return [heading, ...nodes];
    const each = items.map((item, k) =>
      pressable(this.map, /** @type {HTMLElement} */ (nodes[k]), item, title),
    );
    return [heading, ...each];
  }
}
