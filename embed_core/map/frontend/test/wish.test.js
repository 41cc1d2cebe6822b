import assert from "node:assert/strict";
import test from "node:test";
import { Wish } from "../src/wish.js";

test("what Python has not heard of holds until it has", () => {
  const wish = new Wish();
  assert.equal(wish.isUnheard(0), false);
  const first = wish.stamp({ category: "a" });
  assert.equal(first.category, "a");
  assert.equal(wish.isUnheard(0), true);
  assert.equal(wish.isUnheard(first.serial), false);
  const second = wish.stamp({});
  assert.ok(second.serial > first.serial);
  assert.equal(wish.isUnheard(first.serial), true);
});

test("what Python never answers does not hold for ever", (t) => {
  t.mock.timers.enable({ apis: ["Date"], now: 1_000_000 });
  const wish = new Wish();
  wish.stamp({});
  t.mock.timers.tick(9_000);
  assert.equal(wish.isUnheard(0), true);
  t.mock.timers.tick(2_000);
  assert.equal(wish.isUnheard(0), false);
});
