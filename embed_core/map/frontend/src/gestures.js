/* Fingers, mouse and wheel. Reports what was meant; knows nothing about what is drawn. */

const CLICK_SLACK = 5;

const corners = (a, b) => [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];

/**
 * Listen on the map's stage. `act` has pan(dx, dy), zoom(factor, x, y), fit(), hover(x, y, touch), leave(),
 * click(x, y, touch) and rest() (the gesture is over); areaShape(shift) says whether a drag draws a "lasso" or a
 * "box" instead of moving the paper, drawArea(path) shows it and takeArea(path) ends it. Everything ends when `signal`
 * is aborted.
 */
function listenToGestures(stage, act, signal) {
  const pointers = new Map();
  let travelled = 0;
  let area = null;
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
    const here = place(event);
    const shape = pointers.size === 0 ? act.areaShape(event.shiftKey) : null;
    area = shape && { shape, start: here, path: [here] };
    if (!area) act.drawArea(null); // a second finger zooms, it does not draw
    pointers.set(event.pointerId, here);
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
    if (area) {
      area.path = area.shape === "box" ? corners(area.start, here) : [...area.path, here];
      if (travelled > CLICK_SLACK) act.drawArea(area.path);
      return;
    }
    // A finger that slides down an unzoomed map is scrolling the page: the browser cancels it for us.
    if (travelled > CLICK_SLACK) act.pan(here.x - before.x, here.y - before.y);
  }

  function up(event) {
    if (!pointers.delete(event.pointerId)) return;
    if (pointers.size > 0) return;
    const drawn = area;
    area = null;
    if (event.type === "pointercancel" || travelled > CLICK_SLACK) {
      if (drawn && event.type === "pointerup") act.takeArea(drawn.path);
      else act.rest();
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
