/* Fingers, mouse, wheel and keys. Reports what was meant; knows nothing about what is drawn. */

const CLICK_SLACK = 5;

/**
 * Listen on the map's stage. `act` has pan(dx, dy), zoom(factor, x, y), fit(), hover(x, y, touch), leave(),
 * click(x, y, touch) and rest() (the gesture is over). Everything ends when `signal` is aborted.
 */
function listenToGestures(stage, act, signal) {
  const pointers = new Map();
  let travelled = 0;
  let lastClick = { time: -Infinity, x: 0, y: 0 };

  const place = (event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, gap: Math.hypot(a.x - b.x, a.y - b.y) || 1 };
  };

  function down(event) {
    if (event.pointerType === "mouse" && event.button !== 0) return;
    if (pointers.size === 0) travelled = 0;
    pointers.set(event.pointerId, place(event));
    act.leave();
  }

  function move(event) {
    const here = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse" && stage.contains(event.target)) act.hover(here.x, here.y, false);
      return;
    }
    if (pointers.size === 2) {
      const old = spread();
      pointers.set(event.pointerId, here);
      const now = spread();
      travelled += 10;
      act.pan(now.x - old.x, now.y - old.y);
      act.zoom(now.gap / old.gap, now.x, now.y);
      return;
    }
    travelled += Math.hypot(here.x - before.x, here.y - before.y);
    pointers.set(event.pointerId, here);
    // A finger that slides down an unzoomed map is scrolling the page: the browser cancels it for us.
    if (travelled > CLICK_SLACK) act.pan(here.x - before.x, here.y - before.y);
  }

  function up(event) {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size > 0) return;
    if (event.type === "pointercancel" || travelled > CLICK_SLACK) {
      act.rest();
      return;
    }
    const here = place(event);
    const twice =
      event.timeStamp - lastClick.time < 350 && Math.hypot(here.x - lastClick.x, here.y - lastClick.y) < 8;
    lastClick = twice ? { time: -Infinity, x: 0, y: 0 } : { time: event.timeStamp, ...here };
    if (twice) act.fit();
    else act.click(here.x, here.y, event.pointerType !== "mouse");
  }

  // A page that is being scrolled goes on scrolling when the map comes under the mouse.
  let scrolledElsewhere = -Infinity;
  function wheelAnywhere(event) {
    if (!stage.contains(event.target) || event.timeStamp - scrolledElsewhere < 250) {
      scrolledElsewhere = event.timeStamp;
    }
  }
  function wheel(event) {
    if (scrolledElsewhere === event.timeStamp && !event.ctrlKey) return;
    event.preventDefault();
    const pixels = event.deltaY * (event.deltaMode === 1 ? 24 : 1);
    const here = place(event);
    act.zoom(Math.exp(-Math.max(-240, Math.min(240, pixels)) * (event.ctrlKey ? 0.01 : 0.0018)), here.x, here.y);
    act.rest();
  }

  window.addEventListener("wheel", wheelAnywhere, { signal, capture: true, passive: true });
  stage.addEventListener("wheel", wheel, { signal, passive: false });
  stage.addEventListener("pointerdown", down, { signal });
  window.addEventListener("pointermove", move, { signal });
  window.addEventListener("pointerup", up, { signal });
  window.addEventListener("pointercancel", up, { signal });
  stage.addEventListener("pointerleave", () => pointers.size || act.leave(), { signal });
}

const ARROWS = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] };

/** Arrows walk from category to category, Escape clears, plus and minus zoom, 0 fits. */
function listenToKeys(root, act, signal) {
  root.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.target !== root) return;
      if (event.key in ARROWS) act.walk(...ARROWS[event.key]);
      else if (event.key === "Escape") act.clear();
      else if (event.key === "+" || event.key === "=") act.zoomStep(1.6);
      else if (event.key === "-") act.zoomStep(1 / 1.6);
      else if (event.key === "0") act.fit();
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
