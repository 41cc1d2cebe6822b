import assert from "node:assert/strict";
import test from "node:test";
import { farNeighbors, nearestPoint, nextInDirection } from "../src/walking.js";
import { nobody } from "./made_up.js";

const all = () => true;

test("an arrow leads to what lies ahead, not to what is nearer but aside", () => {
  const x = Float64Array.of(100, 160, 110, 40);
  const y = Float64Array.of(100, 105, 140, 100);
  assert.equal(nextInDirection(x, y, 0, [1, 0], all), 1);
  assert.equal(nextInDirection(x, y, 0, [-1, 0], all), 3);
  assert.equal(nextInDirection(x, y, 0, [0, 1], all), 2);
  assert.equal(nextInDirection(x, y, 0, [0, -1], all), -1);
});

test("an arrow passes over what cannot be seen", () => {
  const x = Float64Array.of(0, 10, 20);
  const y = Float64Array.of(0, 0, 0);
  assert.equal(
    nextInDirection(x, y, 0, [1, 0], (i) => i !== 1),
    2,
  );
});

test("the pointer hits the nearest disc, and a finger reaches farther", () => {
  const x = Float64Array.of(100, 130);
  const y = Float64Array.of(100, 100);
  const hit = (spot, reach) => nearestPoint(x, y, spot, () => reach, nobody);
  assert.equal(hit({ x: 106, y: 100 }, 7), 0);
  assert.equal(hit({ x: 112, y: 100 }, 7), -1);
  assert.equal(hit({ x: 112, y: 100 }, 20), 0);
  assert.equal(hit({ x: 116, y: 100 }, 20), 1);
  assert.equal(
    nearestPoint(
      x,
      y,
      { x: 100, y: 100 },
      () => 7,
      (i) => i === 0,
    ),
    -1,
  );
});

test("a true neighbour is far when as many others are nearer on this map", () => {
  const places = { x: Float64Array.of(0, 1, 2, 3, 50), y: new Float64Array(5), z: null };
  assert.deepEqual(farNeighbors(places, 0, [[1, 0.1], [4, 0.2]]), new Set([4])); // biome-ignore format: pairs
  assert.deepEqual(farNeighbors(places, 0, [[2, 0.1]]), new Set([2]));
  assert.deepEqual(
    farNeighbors(places, 0, [
      [1, 0.1],
      [2, 0.2],
      [3, 0.3],
    ]),
    new Set(),
  );
  assert.deepEqual(farNeighbors(places, -1, []), new Set());
});

test("in three dimensions what is only behind is far", () => {
  const places = { x: Float64Array.of(0, 1, 0), y: new Float64Array(3), z: Float64Array.of(0, 0, 9) };
  assert.deepEqual(farNeighbors(places, 0, [[2, 0.1]]), new Set([2]));
});

test("one category among two is never far", () => {
  const places = { x: Float64Array.of(0, 7), y: new Float64Array(2), z: null };
  assert.deepEqual(farNeighbors(places, 0, [[1, 0.1]]), new Set());
});
