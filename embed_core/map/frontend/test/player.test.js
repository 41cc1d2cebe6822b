import assert from "node:assert/strict";
import test from "node:test";
import { Player } from "../src/player.js";

/** A button or a slider. */
class Control extends EventTarget {
  setAttribute(name, value) {
    this[name] = value;
  }
  getAttribute(name) {
    return this[name] ?? null;
  }
}

/** A map whose only point goes from 0 to 10 in three frames; time passes when `tick` is called. */
function playing({ isStill = false } = {}) {
  const pending = [];
  globalThis.requestAnimationFrame = (step) => pending.push(step);
  globalThis.cancelAnimationFrame = (id) => id && pending.splice(0);
  globalThis.window = { matchMedia: () => ({ matches: isStill }) };
  const plane = (x) => Float64Array.of(x);
  const frames = { last: 2, numbers: [0, 5, 1000], values: ["loss 3", "", "loss 1"], name: "epoch" };
  const places = { x: plane(10), y: plane(0), z: null };
  places.frames = { ...frames, x: (k) => plane(5 * k), y: () => plane(0) };
  const map = {
    ...{ points: { n: 1, places }, solid: { isOn: false }, root: { dataset: {} }, data: { moving: false } },
    elements: { player: {}, slider: new Control(), playButton: new Control(), frameText: {} },
    ...{ motion: { isFlowing: false, halt() {}, paint() {} }, selection: { findFar() {} }, said: "" },
    speak(sentence) {
      this.said = sentence;
    },
  };
  const player = new Player(map);
  player.receive();
  player.show(true);
  const tick = (now) => {
    for (const step of pending.splice(0)) step(now);
  };
  return { map, player, tick };
}

test("a replay begins at its last frame, which is the map at rest", () => {
  const { map, player } = playing();
  assert.equal(player.now, map.points.places);
  assert.equal(map.root.dataset.frame, "1000");
  assert.equal(map.elements.slider.max, "2");
  assert.equal(map.elements.frameText.textContent, "epoch 1,000 · \u2068loss 1\u2069");
  assert.equal(map.elements.player.hidden, false);
});

test("between two frames a point is between its places", () => {
  const { map, player } = playing();
  player.setTime(0.5, true);
  assert.deepEqual([...player.now.x], [2.5]);
  player.setTime(1, true);
  assert.deepEqual([...player.now.x], [5]);
  assert.equal(map.elements.frameText.textContent, "epoch 5");
  player.setTime(2, true);
  assert.equal(player.now.x, map.points.places.x);
});

test("played, it goes from the first frame to the last and stops", () => {
  const { map, player, tick } = playing();
  player.toggle();
  assert.equal(map.elements.playButton.title, "Pause");
  const seen = [];
  for (let now = 0; now <= 1000 && player.isPlaying; now += 100) {
    tick(now);
    seen.push(player.now.x[0]);
  }
  assert.deepEqual(
    seen,
    [...seen].sort((a, b) => a - b),
  );
  assert.deepEqual([seen[0], seen.at(-1), player.isPlaying], [0, 10, false]);
  assert.ok(new Set(seen).size > 8, "it glides");
  assert.equal(map.elements.playButton.title, "Play");
  assert.equal(map.said, "epoch 1,000 · \u2068loss 1\u2069");
});

test("the space bar plays and pauses, and does not scroll the page", () => {
  const { map, player } = playing();
  player.listen(new AbortController().signal);
  const press = (key) => {
    const event = Object.assign(new Event("keydown", { cancelable: true }), { key });
    map.elements.slider.dispatchEvent(event);
    return event.defaultPrevented;
  };
  assert.equal(press("Home"), false);
  assert.equal(player.isPlaying, false);
  assert.equal(press(" "), true);
  assert.equal(player.isPlaying, true);
  press(" ");
  assert.equal(player.isPlaying, false);
});

test("paused, it stays where it is, and goes on from there", () => {
  const { player, tick } = playing();
  player.toggle();
  tick(0);
  tick(300);
  player.toggle();
  const { time } = player;
  assert.ok(time > 0 && time < 2);
  tick(900);
  assert.equal(player.time, time);
  player.toggle();
  tick(1000);
  assert.equal(player.time, time);
});

test("the slider leads to a frame by a glide, for those who like motion", () => {
  const { player, tick } = playing();
  player.seek(0);
  tick(0);
  tick(110);
  assert.ok(player.time > 0 && player.time < 2);
  tick(220);
  assert.equal(player.time, 0);
});

test("for those who do not, it jumps, and a replay shows whole frames", () => {
  const { player, tick } = playing({ isStill: true });
  player.seek(0);
  tick(0);
  assert.equal(player.time, 0);
  player.toggle();
  for (let now = 0; now <= 1000; now += 130) {
    tick(now);
    assert.ok(Number.isInteger(player.time));
  }
});

test("other places begin at their own end, and without frames there is no slider", () => {
  const { map, player } = playing();
  player.setTime(0, true);
  map.points = { n: 1, places: { ...map.points.places, frames: null } };
  player.receive();
  player.show(true);
  assert.equal(map.elements.player.hidden, true);
  assert.equal(player.now, map.points.places);
});
