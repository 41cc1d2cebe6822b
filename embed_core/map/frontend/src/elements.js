/* The elements of a map. */

import { KEY_HELP } from "./keys.js";

/** @type {Record<string, string>} */
const ICONS = {
  in: '<path d="M7 2v10M2 7h10"/>',
  out: '<path d="M2 7h10"/>',
  fit: '<path d="M2 5V2h3M9 2h3v3M12 9v3H9M5 12H2V9"/>',
  area: '<path d="M7 1.8c3 0 5.2 1.6 5.2 3.7S10 9.2 7 9.2 1.8 7.6 1.8 5.5 4 1.8 7 1.8M4.4 8.8c-1 .7-.6 1.9.4 1.7s.8 1.2-.2 2"/>',
  save: '<path d="M7 1.5v7.2M4 6l3 3 3-3M2 10.5v2h10v-2"/>',
  play: '<path d="M3.5 2v10l8-5z"/>',
  pause: '<path d="M4.5 2v10M9.5 2v10"/>',
};

/** @param {string} name */
export const iconed = (name) => `<svg viewBox="0 0 14 14" aria-hidden="true">${ICONS[name]}</svg>`;

const button = (/** @type {string} */ name, /** @type {string} */ label, title = label) =>
  `<button type="button" class="atlas-do-${name}" aria-label="${label}" title="${title}">${iconed(name)}</button>`;

const TEMPLATE = `
<div class="atlas-sheet">
  <div class="atlas-stage">
    <svg class="atlas-under" aria-hidden="true"></svg>
    <div class="atlas-plot" aria-hidden="true"></div>
    <canvas class="atlas-motion" aria-hidden="true" hidden></canvas>
    <svg class="atlas-over" aria-hidden="true"><g></g><g class="atlas-arrows"></g><g class="atlas-regions"></g><g></g><path class="atlas-area-line"/></svg>
    <div class="atlas-card" hidden></div>
    <p class="atlas-note" hidden></p>
    <div class="atlas-help" aria-hidden="true"></div>
  </div>
  <span class="atlas-x-title"></span>
  <span class="atlas-y-title"></span>
  <div class="atlas-buttons">
    ${button("in", "Zoom in")}
    ${button("out", "Zoom out")}
    ${button("fit", "Show everything", "Show everything (double-click)")}
    ${button("area", "Select an area", "Select an area (L); with Shift, a box")}
    ${button("save", "Save the picture")}
    <div class="atlas-menu" hidden>
      <button type="button" class="atlas-do-png">PNG picture</button>
      <button type="button" class="atlas-do-svg">SVG drawing</button>
    </div>
  </div>
</div>
<div class="atlas-player" hidden>
  ${button("play", "Play")}
  <input type="range" min="0" step="1" aria-label="Frame">
  <output></output>
</div>
<div class="atlas-below">
  <div class="atlas-footer"></div>
</div>
<div class="atlas-live" aria-live="polite"></div>`;

const SVG = "http://www.w3.org/2000/svg";

/**
 * An element of a drawing; its text is data.
 *
 * @template {keyof SVGElementTagNameMap} Name
 * @param {Name} name
 * @param {Record<string, string | number>} [attributes]
 * @param {string} [text]
 * @returns {SVGElementTagNameMap[Name]}
 */
export function element(name, attributes = {}, text) {
  const node = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, String(value));
  if (text !== undefined) node.textContent = text;
  return node;
}

/**
 * An element of a page; its text is data.
 *
 * @template {keyof HTMLElementTagNameMap} Name
 * @param {Name} name
 * @param {string} [className]
 * @param {string} [text]
 * @returns {HTMLElementTagNameMap[Name]}
 */
export function htmlElement(name, className = "", text) {
  const node = document.createElement(name);
  node.className = className;
  if (text !== undefined) node.textContent = text;
  return node;
}

/**
 * The element inside another one that a selector finds.
 *
 * @template {Element} Found
 * @param {Element} root
 * @param {string} selector
 * @param {new () => Found} Kind
 * @returns {Found}
 */
export function find(root, selector, Kind) {
  const node = root.querySelector(selector);
  if (node instanceof Kind) return node;
  throw new Error(`There is no ${selector}.`);
}

/** @typedef {ReturnType<typeof buildElements>} Elements */

/**
 * Put a map's elements into its root, once, and return them by name.
 *
 * @param {HTMLElement} root
 */
export function buildElements(root) {
  if (!root.firstElementChild) {
    root.innerHTML = TEMPLATE;
    const help = KEY_HELP.map(([key, deed]) => `${key} ${deed}`);
    root.setAttribute("aria-description", `Keys: ${help.join("; ")}.`);
    const nodes = KEY_HELP.flatMap(([key, deed]) => [htmlElement("kbd", "", key), `${deed} `]);
    find(root, ".atlas-help", HTMLElement).append(...nodes);
  }
  const html = (/** @type {string} */ name) => find(root, `.atlas-${name}`, HTMLElement);
  return {
    stage: html("stage"),
    plot: html("plot"),
    card: html("card"),
    note: html("note"),
    live: html("live"),
    menu: html("menu"),
    buttons: html("buttons"),
    player: html("player"),
    footer: html("footer"),
    xTitle: html("x-title"),
    yTitle: html("y-title"),
    areaButton: html("do-area"),
    saveButton: html("do-save"),
    playButton: html("do-play"),
    motion: find(root, ".atlas-motion", HTMLCanvasElement),
    under: find(root, ".atlas-under", SVGSVGElement),
    over: find(root, ".atlas-over", SVGSVGElement),
    focus: find(root, ".atlas-over > g:first-of-type", SVGGElement),
    arrows: find(root, ".atlas-arrows", SVGGElement),
    regions: find(root, ".atlas-regions", SVGGElement),
    names: find(root, ".atlas-over > g:last-of-type", SVGGElement),
    areaLine: find(root, ".atlas-area-line", SVGPathElement),
    slider: find(root, ".atlas-player input", HTMLInputElement),
    frameText: find(root, ".atlas-player output", HTMLOutputElement),
  };
}
