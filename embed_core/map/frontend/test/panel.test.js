import assert from "node:assert/strict";
import test from "node:test";
import { nearnessOf } from "../src/panel.js";

test("the nearest has the longest bar, and what is twice as far about half of it", () => {
  const [first, second, last] = nearnessOf([1, 2, 4]);
  assert.equal(first, 1);
  assert.ok(second > last && Math.abs(second - 0.5) < 0.05 && Math.abs(last - 0.25) < 0.05);
});

test("places of no distance are equally near", () => {
  assert.deepEqual(nearnessOf([0, 0]), [1, 1]);
  assert.ok(nearnessOf([0, 0, 3])[2] < 0.05);
});
