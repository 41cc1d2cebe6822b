import assert from "node:assert/strict";
import test from "node:test";
import { colorDomain, themeOf } from "../src/color.js";
import { NONE } from "../src/data.js";
import { keyEntries } from "../src/key.js";

const theme = themeOf(() => "");

/** The key of a map whose points have these colours. */
function keyOf({
  tint = {},
  choice = {},
  selection = {},
  fade = null,
  support = [1000, 20, 10],
  sizing = { values: null, choice: {} },
} = {}) {
  const coloring = {
    tint,
    choice: { title: "", scale: "sequential", ...choice },
    diverges: choice.scale === "diverging",
    domain: tint.color ? colorDomain(tint.color, choice.scale === "diverging") : null,
  };
  const map = {
    ...{ theme, coloring, sizing, data: { fade_title: "few rows" }, marks: { radius: support.map(() => 5) } },
    points: { n: support.length, support, weight: support.map(() => 0.5), fade },
    selection: { selected: -1, neighbors: [], far: new Set(), falseNeighbors: [], cloud: [], ...selection },
  };
  return Object.fromEntries(keyEntries(map).map((entry) => [entry.kind, entry]));
}

test("twelve groups have an entry each, the rest one together, and those without a group another", () => {
  const names = ["<b>x</b>", ...Array.from({ length: 13 }, (_, k) => `cluster ${k}`)];
  const { groups } = keyOf({
    tint: { groups: { names, code: [0, 13, NONE] } },
    choice: { title: "cluster" },
  });
  const texts = groups.items.map(({ text }) => text);
  assert.equal(texts.length, 14);
  assert.equal(texts[0], "<b>x</b>");
  assert.deepEqual(texts.slice(-2), ["2 others", "none"]);
  assert.deepEqual(groups.items.map(({ color }) => color).slice(0, 13), [...theme.groups, theme.others]);
});

test("rows on a log scale are given as they are", () => {
  const { scale } = keyOf({ tint: { color: [3, 1.0414, 1] }, choice: { title: "rows", scale: "rows" } });
  assert.deepEqual([scale.title, scale.low, scale.high], ["rows (log scale)", "10", "1,000"]);
});

test("a scale says when values go beyond its ends, or are missing", () => {
  const color = [...Array(98).keys(), 1e6, null];
  const { scale } = keyOf({ tint: { color } });
  assert.match(scale.high, /^≥ /);
  assert.match(scale.low, /^≤ /);
  assert.ok(scale.missing);
  assert.equal(scale.title, "value");
});

test("the ends of a diverging scale are as far from zero, with a true minus", () => {
  const { scale } = keyOf({ tint: { color: [-1.5, 0, 0.5] }, choice: { scale: "diverging" } });
  assert.deepEqual([scale.low, scale.high, scale.diverges], ["−1.5", "1.5", true]);
});

test("fading is explained where something fades", () => {
  assert.equal(keyOf({ fade: [1, 0, 0] }).fade.title, "few rows");
  assert.equal(keyOf().fade, undefined);
});

test("the marks of neighbours are explained once there have been any", () => {
  assert.equal(keyOf().marks, undefined);
  const known = { knowsNeighbors: true };
  assert.ok(keyOf({ selection: known }).marks.idle);
  const neighbors = [[1, 0.1], [2, 0.2]]; // biome-ignore format: pairs
  const lit = { ...known, selected: 0, neighbors, far: new Set([2]), falseNeighbors: [2], cloud: [] };
  const { marks } = keyOf({ selection: lit });
  assert.deepEqual(
    marks.items.map(({ mark }) => mark),
    ["near", "far", "false"],
  );
  assert.ok(!marks.idle);
});

test("sizes go from the fewest rows to the most, or are one", () => {
  const { size } = keyOf();
  assert.deepEqual([size.least.text, size.most.text], ["10", "1,000 rows"]);
  assert.equal(keyOf({ support: [7, 7] }).size.least, null);
});

test("points sized by something else say so in the key", () => {
  const sizing = { values: [2, null, 8], choice: { title: "minutes" } };
  const { size } = keyOf({ sizing });
  assert.deepEqual([size.least.text, size.most.text], ["minutes 2", "8"]);
});
