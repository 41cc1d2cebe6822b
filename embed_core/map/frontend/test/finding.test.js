import assert from "node:assert/strict";
import test from "node:test";
import { foundBy } from "../src/finding.js";

const labels = ["San Juan", "Juneau", "an", "Anchorage", "<b>", "Orlando"];
const found = (typed) => foundBy(labels, typed).map((i) => labels[i]);

test("a name is found by any part of it, in any case", () => {
  assert.deepEqual(found("JUN"), ["Juneau"]);
  assert.deepEqual(found(" <B> "), ["<b>"]);
  assert.deepEqual(found("nowhere"), []);
});

test("that name itself comes first, then those that begin with it, then the more frequent ones", () => {
  assert.deepEqual(found("an"), ["an", "Anchorage", "San Juan", "Orlando"]);
});

test("with nothing typed there are all, in order", () => {
  assert.deepEqual(found(""), labels);
});

test("what is known of a category finds it too, after those with it in their name", () => {
  assert.deepEqual(foundBy(["ORD", "MIA"], "chicago", ["Chicago, IL", "Miami, FL"]), [0]);
  assert.deepEqual(foundBy(["ORD", "MI"], "mi", ["Michigan", "there"]), [1, 0]);
});
