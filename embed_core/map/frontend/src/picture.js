/* A picture of what is on the paper, with title and key, made in the browser. */

/** @import { CategoryMap } from "./map.js" */

import { rgba } from "./color.js";
import { element } from "./elements.js";
import { TITLE_OFF } from "./ink.js";
import { embeddedFaces, plainInk, readableFamilies } from "./inks.js";
import { keyEntries } from "./key.js";
import { textWidth } from "./measuring.js";
import { shortName } from "./text.js";

const MARGIN = 24;
const TITLE = 26;
const NOTE = 17;
const KEY = 22;
const KEY_FONT = 11.5;
const SHARPNESS = 2; // pixels of a PNG in one of the map
// biome-ignore format: a list
const DRAWN = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linejoin", "stroke-linecap",
  "stroke-dasharray", "opacity", "font-size", "font-weight",
];
const INKS = ["fill", "stroke"];

/** Whoever opens the picture may have other fonts: names must not grow over one another. @param {number} length */
const exactLength = (length) => ({ textLength: length.toFixed(1), lengthAdjust: "spacingAndGlyphs" });

/**
 * A copy that looks the same without the page's style sheet.
 *
 * @param {Node} node
 * @returns {Node}
 */
function copyDrawing(node) {
  const copy = node.cloneNode(false);
  if (node instanceof Element && copy instanceof Element) {
    for (const name of ["class", "style", "data-font"]) copy.removeAttribute(name);
    const style = getComputedStyle(node);
    const wanted = node.children.length || node.tagName === "g" ? ["opacity"] : DRAWN;
    for (const name of wanted) copy.setAttribute(name, style.getPropertyValue(name));
    for (const name of INKS.filter((each) => wanted.includes(each))) makePlain(copy, name);
    if (node instanceof SVGTextElement) {
      const length = exactLength(node.getComputedTextLength());
      for (const [name, value] of Object.entries(length)) copy.setAttribute(name, value);
    }
  }
  for (const child of node.childNodes) copy.appendChild(copyDrawing(child));
  if (!(copy instanceof SVGTextElement) || copy.getAttribute("stroke") === "none") return copy;
  // Not every reader paints the paper around letters before the letters.
  const [halo, both] = [copy.cloneNode(true), element("g")];
  if (halo instanceof Element) halo.setAttribute("fill", "none");
  copy.setAttribute("stroke", "none");
  both.append(halo, copy);
  return both;
}

/** Write a colour as every reader knows it. @param {Element} node @param {string} name */
function makePlain(node, name) {
  const { color, opacity } = plainInk(node.getAttribute(name) ?? "none");
  node.setAttribute(name, color);
  if (opacity < 1) {
    const share = `${name.replace("-color", "")}-opacity`;
    const before = Number(node.getAttribute(share) ?? 1);
    node.setAttribute(share, String(opacity * (Number.isNaN(before) ? 1 : before)));
  }
}

/** @param {CategoryMap} map */
function pointNodes({ points, marks, area, solid, selection, paper }) {
  const { x, y, radius, fill, depth } = marks;
  const outline = marks.outline();
  const isVisible = (/** @type {number} */ i) =>
    !area.isHidden(i) && x[i] > -12 && y[i] > -12 && x[i] < paper.width + 12 && y[i] < paper.height + 12;
  const order = points.labels.map((_, i) => i).filter(isVisible);
  if (solid.isOn) order.sort((a, b) => depth[b] - depth[a]);
  const group = element("g", { opacity: selection.selected >= 0 ? 0.32 : 1 });
  for (const i of order) {
    const [r, g, b, alpha] = rgba(fill[i]);
    group.append(
      element("circle", {
        cx: x[i].toFixed(2),
        cy: y[i].toFixed(2),
        r: radius[i].toFixed(2),
        fill: `#${[r, g, b].map((value) => value.toString(16).padStart(2, "0")).join("")}`,
        "fill-opacity": alpha,
        stroke: plainInk(outline.color[i]).color,
        "stroke-width": outline.width,
      }),
    );
  }
  return group;
}

/** Draws the key from left to right, on as many lines as it takes. */
class KeyDrawing {
  /**
   * @param {CategoryMap} map
   * @param {SVGGElement} group
   * @param {number} width
   */
  constructor(map, group, width) {
    this.map = map;
    this.group = group;
    this.width = width;
    this.font = `${KEY_FONT}px ${map.theme.font}`;
    this.x = 0;
    this.line = 0;
  }

  /** Go to the next line where there is no room for this width. @param {number} width */
  room(width) {
    if (this.x > 0 && this.x + width > this.width) [this.x, this.line] = [0, this.line + 1];
  }

  get middle() {
    return this.line * KEY + 6;
  }

  /** @param {string} words */
  text(words) {
    const width = textWidth(words, this.font);
    this.room(width);
    const place = { x: this.x, y: this.middle + 4, fill: this.map.theme.ink, "font-size": KEY_FONT };
    this.group.append(element("text", { ...place, ...exactLength(width) }, words));
    this.x += width + 7;
  }

  /** @param {string} color @param {number} alpha @param {number} r */
  dot(color, alpha = 1, r = 4) {
    this.room(2 * r + 60);
    const place = { cx: this.x + r, cy: this.middle, r };
    this.group.append(element("circle", { ...place, fill: color, "fill-opacity": alpha }));
    this.x += 2 * r + 6;
  }

  /** @param {string[]} colors */
  bar(colors) {
    const gradient = element("linearGradient", { id: "scale" });
    colors.forEach((color, k) => {
      gradient.append(element("stop", { offset: k / (colors.length - 1), "stop-color": color }));
    });
    const place = { x: this.x, y: this.middle - 3, width: 110, height: 6 };
    this.group.append(gradient, element("rect", { ...place, fill: "url(#scale)" }));
    this.x += 117;
  }

  /** @param {import("./key.js").MarkItem} item */
  mark({ mark, text }) {
    this.room(30 + textWidth(text, this.font));
    const icon = this.map.elements.footer.querySelector(`.atlas-mark-${mark}`);
    if (icon) {
      const copy = /** @type {Element} */ (copyDrawing(icon));
      copy.setAttribute("x", String(this.x));
      copy.setAttribute("y", String(this.middle - 6));
      this.group.append(copy);
    }
    this.x += 27;
    this.text(text);
  }

  /** @param {import("./key.js").KeyEntry} entry */
  entry(entry) {
    const { theme } = this.map;
    switch (entry.kind) {
      case "scale":
        for (const words of [entry.title, entry.low]) this.text(words);
        this.bar(entry.diverges ? theme.diverging : theme.scale);
        this.text(entry.high);
        if (!entry.missing) break;
        this.dot(theme.missing, 0.4);
        this.text("missing");
        break;
      case "groups":
        this.text(entry.title);
        for (const { color, missing, text } of entry.items) {
          this.dot(color ?? theme.missing, missing ? 0.4 : 1);
          this.text(text);
        }
        break;
      case "fade":
        this.dot(theme.ink);
        this.dot(theme.ink, 0.2);
        this.text(`faded: ${entry.title}`);
        break;
      case "marks":
        if (!entry.idle) for (const each of entry.items) this.mark(each);
        break;
      case "size":
        for (const { radius, alpha, text } of entry.least ? [entry.least, entry.most] : [entry.most]) {
          this.dot(entry.color, alpha, radius);
          this.text(text);
        }
    }
    if (this.x > 0) this.x += 18;
  }
}

/** @param {CategoryMap} map */
function sheetNodes(map) {
  const { theme, data, elements, solid } = map;
  const { width, height } = map.paper;
  const inside = element("g", { "clip-path": "url(#paper)" });
  const ground = [...elements.under.children].map(copyDrawing);
  const around = [...elements.over.children].map(copyDrawing);
  inside.append(...(solid.isOn ? ground.splice(0) : []), pointNodes(map), ...around);
  const frame = { width, height, fill: "none", stroke: theme.ink, "stroke-opacity": 0.3 };
  const nodes = [...ground, inside, element("rect", frame)];
  if (solid.isOn) return nodes;
  const look = { fill: theme.ink, "fill-opacity": 0.7, "font-size": 11 };
  /** @type {Record<string, string | number>[]} */
  const places = [
    { x: width - TITLE_OFF, y: height - TITLE_OFF, "text-anchor": "end" },
    { x: TITLE_OFF, y: TITLE_OFF + 9 },
  ];
  places.forEach((place, axis) => {
    const name = data.axes[axis];
    if (name) nodes.push(element("text", { ...look, ...place }, shortName(name, 60)));
  });
  return nodes;
}

/**
 * The picture as an SVG element of its own.
 *
 * @param {CategoryMap} map
 */
export async function drawPicture(map) {
  const drawn = drawSheet(map);
  const faces = await embeddedFaces(map.theme.font);
  if (faces) drawn.svg.prepend(element("style", {}, faces));
  return drawn;
}

/** @param {CategoryMap} map */
function drawSheet(map) {
  const { paper, theme, data } = map;
  const { width, height } = paper;
  const notes = data.notes.map((note) => shortName(note, 160));
  const top = MARGIN + (data.title ? TITLE : 0) + NOTE * notes.length;
  const under = 14;
  const whole = width + 2 * MARGIN;
  const group = element("g", { transform: `translate(${MARGIN},${top + height + under})` });
  const key = new KeyDrawing(map, group, whole - 2 * MARGIN);
  for (const entry of keyEntries(map)) key.entry(entry);
  const tall = top + height + under + (key.line + 1) * KEY + MARGIN - 8;
  const svg = element("svg", { width: whole, height: tall, viewBox: `0 0 ${whole} ${tall}` });
  svg.setAttribute("font-family", readableFamilies(theme.font));
  svg.append(element("rect", { width: whole, height: tall, fill: theme.paper }));
  const heading = { x: MARGIN, y: MARGIN + 10, fill: theme.ink, "font-size": 16, "font-weight": 650 };
  if (data.title) svg.append(element("text", heading, shortName(data.title, 100)));
  notes.forEach((note, k) => {
    const place = { x: MARGIN, y: MARGIN + (data.title ? TITLE + 2 : 10) + NOTE * k };
    svg.append(element("text", { ...place, fill: theme.ink, "font-size": 12 }, note));
  });
  const clip = element("clipPath", { id: "paper" });
  clip.append(element("rect", { width, height }));
  const sheet = element("g", { transform: `translate(${MARGIN},${top})` });
  sheet.append(clip, ...sheetNodes(map));
  svg.append(sheet, group);
  // Colours of the theme are in any notation that CSS knows.
  for (const name of [...INKS, "stop-color"]) {
    for (const node of svg.querySelectorAll(`[${name}]`)) makePlain(node, name);
  }
  return { svg, width: Math.round(whole), height: Math.round(tall) };
}

/**
 * A drawing as a picture of pixels.
 *
 * @param {string} text
 * @param {number} width
 * @param {number} height
 * @returns {Promise<Blob>}
 */
export async function asPng(text, width, height) {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * SHARPNESS;
    canvas.height = height * SHARPNESS;
    canvas.getContext("2d")?.drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve, reject) => {
      canvas.toBlob(
        (blob) => (blob ? resolve(blob) : reject(new Error("The picture is too large."))),
        "image/png",
      );
    });
  } finally {
    URL.revokeObjectURL(url);
  }
}
