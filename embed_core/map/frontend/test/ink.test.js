/* The numbers of the axes stand on the paper, where nothing else does. */

import assert from "node:assert/strict";
import test from "node:test";

import { axisNumbers } from "../src/ink.js";

const size = { width: 1200, height: 500 };
const view = { x: 0, y: 0, unit: 1 / 200 };

test("numbers stand within the frame, and none meets another", () => {
  const numbers = axisNumbers(view, size, []);
  assert.ok(numbers.length > 6);
  assert.ok(numbers.some(({ text }) => text === "−1.0") && numbers.some(({ text }) => text === "0.5"));
  for (const [k, { box: a }] of numbers.entries()) {
    assert.ok(a.x0 >= 0 && a.y0 >= 0 && a.x1 <= size.width && a.y1 <= size.height);
    for (const { box: b } of numbers.slice(0, k)) {
      assert.ok(a.x1 <= b.x0 || b.x1 <= a.x0 || a.y1 <= b.y0 || b.y1 <= a.y0);
    }
  }
});

test("the titles of the axes are not written over", () => {
  const title = { x0: 900, x1: 1200, y0: 470, y1: 500 };
  const meets = ({ box }) => box.x1 > title.x0 && box.y1 > title.y0;
  assert.ok(axisNumbers(view, size, []).some(meets));
  assert.ok(!axisNumbers(view, size, [title]).some(meets));
});
