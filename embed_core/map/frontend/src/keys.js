/* Keys. What they do is said once, for the help line and for screen readers alike. */

/** @typedef {[number, number]} Direction */

/** @type {Record<string, Direction>} */
const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

export const KEY_HELP = [
  ["arrows", "walk over the map"],
  ["N", "next nearest neighbour"],
  ["B", "back"],
  ["Enter", "most important category"],
  ["L", "select an area"],
  ["/", "find"],
  ["+ − 0", "zoom"],
  ["Esc", "clear"],
];

/**
 * @typedef {object} KeyActs
 * @property {() => void} escape
 * @property {(direction: Direction) => void} walk
 * @property {Record<string, () => void>} plain What each other key does.
 */

/**
 * Keys act while the map itself has the focus; Escape also from its buttons.
 *
 * @param {HTMLElement} root
 * @param {KeyActs} act
 * @param {AbortSignal} signal
 */
export function listenToKeys(root, act, signal) {
  /** @param {KeyboardEvent} event */
  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
    if (key === "Escape") act.escape();
    else if (event.target !== root) return;
    else if (key in ARROWS) act.walk(ARROWS[key]);
    else if (key in act.plain) act.plain[key]();
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  root.addEventListener("keydown", press, { signal });
}
