/* Fingers, mouse and wheel. Reports what was meant; knows nothing about what is drawn. */

/** @import { GestureActs, Spot } from "./types.d.ts" */

const CLICK_SLACK = 5;

/** @param {Spot} a @param {Spot} b */
const corners = (a, b) => [a, { x: b.x, y: a.y }, b, { x: a.x, y: b.y }];

/** @typedef {{ shape: "lasso" | "box", start: Spot, path: Spot[] }} Stroke */

/**
 * Listen on the map's stage. `act.rest()` says that the gesture is over; `act.areaShape(shift)` says whether a drag
 * draws a lasso or a box instead of moving the paper, `act.drawArea(path)` shows it and `act.takeArea(path)` ends it.
 * Everything ends when `signal` is aborted.
 *
 * @param {HTMLElement} stage
 * @param {GestureActs} act
 * @param {AbortSignal} signal
 */
export function listenToGestures(stage, act, signal) {
  /** @type {Map<number, Spot>} */
  const pointers = new Map();
  let travelled = 0;
  /** @type {Stroke | null} */
  let area = null;
  let lastClick = { time: -Infinity, x: 0, y: 0 };

  const isOnStage = (/** @type {Event} */ event) => stage.contains(/** @type {Node} */ (event.target));
  const place = (/** @type {MouseEvent} */ event) => {
    const box = stage.getBoundingClientRect();
    return { x: event.clientX - box.left, y: event.clientY - box.top };
  };
  const spread = () => {
    const [a, b] = [...pointers.values()];
    return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, gap: Math.hypot(a.x - b.x, a.y - b.y) || 1 };
  };

  /** @param {PointerEvent} event */
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

  /** @param {PointerEvent} event */
  function move(event) {
    const here = place(event);
    const before = pointers.get(event.pointerId);
    if (!before) {
      if (event.pointerType === "mouse" && isOnStage(event)) act.hover(here.x, here.y, false);
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

  /** @param {PointerEvent} event */
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

  /**
   * What a tap opens over the map must not get the click that the browser makes of the same tap.
   *
   * @param {TouchEvent} event
   */
  function lift(event) {
    if (event.cancelable) event.preventDefault();
    // That click would also have put away the keyboard of a field.
    if (document.activeElement instanceof HTMLInputElement) document.activeElement.blur();
  }

  // A page that is being scrolled goes on scrolling when the map comes under the mouse.
  let scrolledElsewhere = -Infinity;
  /** @param {WheelEvent} event */
  function wheelAnywhere(event) {
    if (!isOnStage(event) || event.timeStamp - scrolledElsewhere < 250) scrolledElsewhere = event.timeStamp;
  }
  /** @param {WheelEvent} event */
  function wheel(event) {
    if (scrolledElsewhere === event.timeStamp && !event.ctrlKey) return;
    event.preventDefault();
    const pixels = Math.max(-240, Math.min(240, event.deltaY * (event.deltaMode === 1 ? 24 : 1)));
    const here = place(event);
    act.zoom(Math.exp(-pixels * (event.ctrlKey ? 0.01 : 0.0018)), here.x, here.y);
    act.rest();
  }

  window.addEventListener("wheel", wheelAnywhere, { signal, capture: true, passive: true });
  stage.addEventListener("wheel", wheel, { signal, passive: false });
  stage.addEventListener("pointerdown", down, { signal });
  stage.addEventListener("touchend", lift, { signal, passive: false });
  window.addEventListener("pointermove", move, { signal });
  window.addEventListener("pointerup", up, { signal });
  window.addEventListener("pointercancel", up, { signal });
  stage.addEventListener("pointerleave", () => pointers.size || act.leave(), { signal });
}
