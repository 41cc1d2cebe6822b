/* Keys. What they do is said once, for the help line and for screen readers alike. */

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };
const KEY_HELP = [
  ["arrows", "walk over the map"],
  ["N", "next nearest neighbour"],
  ["B", "back"],
  ["Enter", "most important category"],
  ["L", "select an area"],
  ["/", "find"],
  ["+ − 0", "zoom"],
  ["Esc", "clear"],
];

/** Keys act while the map itself has the focus; Escape also from its buttons. */
function listenToKeys(root, act, signal) {
  const plain = {
    Enter: () => act.chooseMostImportant(),
    "+": () => act.zoomStep(1.6),
    "=": () => act.zoomStep(1.6),
    "-": () => act.zoomStep(1 / 1.6),
    0: () => act.fit(),
    n: () => act.walkToNeighbor(),
    b: () => act.walkBack(),
    l: () => act.toggleArea(),
    "/": () => document.querySelector(".st-key-find input")?.focus(),
  };
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey) return;
      const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
      if (key === "Escape") act.escape();
      else if (event.target !== root) return;
      else if (key in ARROWS) act.walk(...ARROWS[key]);
      else if (key in plain) plain[key]();
      else return;
      event.preventDefault();
      event.stopPropagation();
    },
    { signal },
  );
}

/** The point nearest to (x, y) in the direction given; straight ahead counts for more than aside. */
function nextInDirection(xs, ys, from, [aheadX, aheadY], isVisible) {
  let best = -1;
  let least = Infinity;
  for (let i = 0; i < xs.length; i++) {
    if (i === from || !isVisible(i)) continue;
    const ahead = (xs[i] - xs[from]) * aheadX + (ys[i] - ys[from]) * aheadY;
    const aside = Math.abs((xs[i] - xs[from]) * aheadY) + Math.abs((ys[i] - ys[from]) * aheadX);
    if (ahead <= 0.5 || aside > 1.6 * ahead) continue;
    const cost = Math.hypot(ahead, aside) + 1.2 * aside;
    if (cost < least) [least, best] = [cost, i];
  }
  return best;
}
