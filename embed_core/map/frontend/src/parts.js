/* The elements of a map. */

const ICONS = {
  in: '<path d="M7 2v10M2 7h10"/>',
  out: '<path d="M2 7h10"/>',
  fit: '<path d="M2 5V2h3M9 2h3v3M12 9v3H9M5 12H2V9"/>',
  area: '<path d="M7 1.8c3 0 5.2 1.6 5.2 3.7S10 9.2 7 9.2 1.8 7.6 1.8 5.5 4 1.8 7 1.8M4.4 8.8c-1 .7-.6 1.9.4 1.7s.8 1.2-.2 2"/>',
  save: '<path d="M7 1.5v7.2M4 6l3 3 3-3M2 10.5v2h10v-2"/>',
  play: '<path d="M3.5 2v10l8-5z"/>',
  pause: '<path d="M4.5 2v10M9.5 2v10"/>',
};
const iconed = (name) => `<svg viewBox="0 0 14 14" aria-hidden="true">${ICONS[name]}</svg>`;
const button = (name, label, title = label) =>
  `<button type="button" class="atlas-do-${name}" aria-label="${label}" title="${title}">${iconed(name)}</button>`;

const PARTS = `
<div class="atlas-sheet">
  <div class="atlas-stage">
    <svg class="atlas-under" aria-hidden="true"></svg>
    <div class="atlas-plot" aria-hidden="true"></div>
    <canvas class="atlas-motion" aria-hidden="true" hidden></canvas>
    <svg class="atlas-over" aria-hidden="true"><g></g><g></g><path class="atlas-area-line"/></svg>
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
  <label class="atlas-choosing" hidden>Colour by <select class="atlas-choice"></select></label>
  <div class="atlas-footer"></div>
</div>
<div class="atlas-live" aria-live="polite"></div>`;

const SVG = "http://www.w3.org/2000/svg";

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

/** Put a map's elements into its root, once, and return them by name. */
function buildParts(root) {
  if (!root.firstElementChild) {
    root.innerHTML = PARTS;
    const help = KEY_HELP.map(([key, deed]) => `${key} ${deed}`);
    root.setAttribute("aria-description", `Keys: ${help.join("; ")}.`);
    root.querySelector(".atlas-help").append(
      ...KEY_HELP.flatMap(([key, deed]) => [htmlElement("kbd", "", key), `${deed} `]),
    );
  }
  const names = ["stage", "plot", "motion", "under", "over", "card", "footer", "note", "live", "player", "menu", "choice"];
  return Object.fromEntries(names.map((name) => [name, root.querySelector(`.atlas-${name}`)]));
}
