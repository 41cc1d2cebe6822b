import assert from "node:assert/strict";
import test from "node:test";
import { cardFacts } from "../src/card.js";
import { NONE } from "../src/data.js";

const points = { labels: ["a", "b", "<i>c"], support: [1200, 7, 1] };
const nobody = { selected: -1, neighbors: [], falseNeighbors: [], cloud: [] };

/** What the card says of category `i`, a text for each line. */
function facts(i, { tint = {}, choice = {}, selection = nobody, ...more } = {}) {
  const map = { points: { ...points, ...more }, coloring: { tint, choice }, selection };
  return cardFacts(map, i).map((line) => line.map((words) => words.name ?? words).join(""));
}

test("a card gives rows, value, details and the three nearest, in that order", () => {
  const tint = { color: [1234.56, null, 0] };
  const nearest = [[1, 2, 1, 2].map((j) => [j, 0.5]), [], []];
  const details = ["on time in 12 % of <i>c", "", ""];
  const choice = { title: "mean delay", scale: "sequential" };
  assert.deepEqual(facts(0, { tint, choice, nearest, details }), [
    "1,200 rows",
    "mean delay 1,235",
    "on time in 12 % of <i>c",
    "nearest: b · <i>c · b",
  ]);
  assert.deepEqual(facts(1, { tint, choice, nearest, details }), ["7 rows", "mean delay missing"]);
});

test("rows are given once, also where they are what colours the points", () => {
  const rows = { tint: { color: [3, 1, 0] }, choice: { title: "rows", scale: "rows" } };
  assert.deepEqual(facts(0, rows), ["1,200 rows"]);
});

test("a group has its name, and no group is said as well", () => {
  const tint = { groups: { names: ["left"], code: [0, NONE, NONE] } };
  assert.equal(facts(0, { tint, choice: { title: "side" } })[1], "side left");
  assert.equal(facts(1, { tint })[1], "group none");
});

test("a neighbour has its distance from the selected one, and a false one is called so", () => {
  const selection = { selected: 0, neighbors: [[1, 0.12345]], falseNeighbors: [2], cloud: [] };
  assert.deepEqual(facts(1, { selection }), ["7 rows", "distance 0.123 from a"]);
  assert.deepEqual(facts(2, { selection }), ["1 row", "only seems near a"]);
});

test("a very long name is cut, and how long it is said", () => {
  const lines = facts(0, { labels: ["x".repeat(5000)] });
  assert.equal(lines[0], "a name of 5,000 characters");
});
