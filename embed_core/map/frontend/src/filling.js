/* A map that fills the window: how high it is then. */

const LEAST_HEIGHT = 340;
const BELOW = 32; // pixels of the window left to show that there is more below the map
const BELOW_PLAYER = 10; // as many where a player stands below: the paper needs the others

/** What scrolls an element, if anything but the window does. @param {Element} node @returns {Element | null} */
function scrollerOf(node) {
  for (let above = node.parentElement; above; above = above.parentElement) {
    if (/auto|scroll/.test(getComputedStyle(above).overflowY)) return above;
  }
  return document.scrollingElement;
}

/**
 * How high an element is that goes from its top to the end of the window.
 *
 * @param {Element} node
 * @param {boolean} hasPlayer Whether a player stands below the paper.
 */
export function heightInWindow(node, hasPlayer) {
  const scrolled = scrollerOf(node)?.scrollTop ?? 0;
  const top = node.getBoundingClientRect().top + scrolled;
  return Math.max(LEAST_HEIGHT, Math.floor(window.innerHeight - top - (hasPlayer ? BELOW_PLAYER : BELOW)));
}
