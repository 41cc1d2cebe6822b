import assert from "node:assert/strict";
import test from "node:test";

import { headPath, placeArrows } from "../src/arrows.js";

const SIZE = { width: 900, height: 500 };
const FROM = { x: 450, y: 250 };

function placed(arrows, { size = SIZE, from = FROM } = {}) {
  return placeArrows({ arrows, from, size, height: 16, widthOf: (text) => 7 * text.length });
}

test("an arrow points where it says, up the page for upwards, and is as long as it says", () => {
  const [long, short] = placed([
    { text: "north", direction: [0, 1], length: 1 },
    { text: "west", direction: [-1, 0], length: 0.5 },
  ]);
  assert.deepEqual(long.tip, { x: 450, y: 250 - 0.36 * 500 });
  assert.deepEqual(short.tip, { x: 450 - 0.18 * 500, y: 250 });
  assert.ok(long.box.y1 <= long.tip.y && short.box.x1 <= short.tip.x, "names stand beyond the tips");
});

test("names of arrows that point the same way do not cover one another, and stay on the paper", () => {
  const arrows = Array.from({ length: 5 }, (_, k) => ({
    text: `cause of delay: number ${k}`,
    direction: [Math.cos(0.02 * k), Math.sin(0.02 * k)],
    length: 1,
  }));
  const boxes = placed(arrows, { from: { x: 700, y: 250 } }).flatMap(({ box }) => box ?? []);
  assert.equal(boxes.length, 5);
  boxes.forEach((a, i) => {
    assert.ok(a.x0 >= 0 && a.x1 <= SIZE.width && a.y0 >= 0 && a.y1 <= SIZE.height);
    for (const b of boxes.slice(i + 1)) {
      assert.ok(a.x1 <= b.x0 || b.x1 <= a.x0 || a.y1 <= b.y0 || b.y1 <= a.y0);
    }
  });
});

test("where there is no room for a name there is an arrow without one", () => {
  const arrows = Array.from({ length: 12 }, () => ({ text: "the same", direction: [1, 0], length: 1 }));
  const found = placed(arrows);
  assert.equal(found.length, 12);
  assert.ok(found.some(({ box }) => box === null));
});

test("a head is at the tip, on both sides of the line", () => {
  assert.equal(headPath({ x: 0, y: 0 }, { x: 20, y: 0 }), "M20.0,0.0L12.0,3.4L12.0,-3.4Z");
});
