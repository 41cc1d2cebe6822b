import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import test from "node:test";
import { NONE, PartReader, sameList, supportWeights, unpackPart } from "../src/data.js";

/* Written by Python: tests/map/payload_sample.py says what it holds. */
const sample = JSON.parse(readFileSync(new URL("payload.json", import.meta.url), "utf-8"));
const arrived = () =>
  new Map(
    Object.values(sample.parts).map((packed) => {
      const part = unpackPart(new Uint8Array(Buffer.from(packed, "base64")));
      return [part.slot, part];
    }),
  );
const points = new PartReader(arrived()).points(sample.rest);

test("categories come with the most rows first, those without a place not at all", () => {
  assert.deepEqual(points.labels, ["many", "<b>some</b>", "few"]);
  assert.deepEqual(points.support, [300, 30, 3]);
  assert.equal(points.weight[0], 1);
  assert.equal(points.weight[2], 0);
});

test("what Python refers to by position is found in the map's own order", () => {
  assert.equal(points.labels[points.selected], "many");
  assert.deepEqual(points.neighbors, [
    [1, 0.25],
    [2, 1.25],
  ]);
  assert.deepEqual([points.falseNeighbors, points.group], [[2], [2]]);
  assert.deepEqual(points.details, ["d many", "d some", "d few"]);
});

test("neighbours that are not on the map are left out", () => {
  assert.deepEqual(points.nearest, [
    [
      [1, 0.25],
      [2, 1],
    ],
    [[0, 0.25]],
    [[0, 1]],
  ]);
  assert.deepEqual(points.stability, [1, Number.NaN, 0.5]);
});

test("places and frames are where Python put them", () => {
  assert.deepEqual([...points.places.x], [2, 4, 0]);
  assert.deepEqual([...points.places.y], [-1, 3, 1]);
  assert.equal(points.places.z, null);
  const { frames } = points.places;
  assert.deepEqual(
    [frames.last, frames.numbers, frames.values[2], frames.name],
    [2, [0, 5, 10], "loss 1", "epoch"],
  );
  const step = 4 / 65535; // of the map's size
  for (const [k, xs] of [
    [0, 0, 0],
    [1, 2, 0],
    [2, 4, 0],
  ].entries()) {
    frames.x(k).forEach((x, i) => {
      assert.ok(Math.abs(x - xs[i]) <= step, `${x} in frame ${k}`);
    });
  }
  assert.ok(Math.abs(frames.y(1)[1] - 1.5) <= step);
});

test("colours are numbers with holes, or groups with a code for none", () => {
  assert.deepEqual(points.tints.delay, { color: [null, -2, 1.5] });
  const side = { names: ["right", "left"], code: [0, NONE, 1] }; // the name with most rows comes first
  assert.deepEqual(points.tints["side of it"], { groups: side });
  assert.deepEqual(points.fade, [1, 51 / 255, 0]);
});

test("nothing is shown while a part is on its way, and nothing is read twice", () => {
  const parts = arrived();
  const reader = new PartReader(parts);
  const places = parts.get("sample:places");
  parts.delete("sample:places");
  assert.equal(reader.points(sample.rest), null);
  parts.set("sample:places", { ...places, hash: "an older one" });
  assert.equal(reader.points(sample.rest), null);
  parts.set("sample:places", places);
  const first = reader.points(sample.rest);
  parts.clear();
  const second = reader.points({ ...sample.rest, selected: null });
  assert.equal(second.selected, -1);
  assert.equal(second.places, first.places);
  assert.equal(second.labels, first.labels);
});

test("other names make everything be read again", () => {
  const parts = arrived();
  const reader = new PartReader(parts);
  const first = reader.points(sample.rest);
  const names = parts.get("sample:names");
  parts.set("sample:names", { ...names, hash: "another" });
  const second = reader.points({ ...sample.rest, parts: { ...sample.rest.parts, names: "another" } });
  assert.notEqual(second.places, first.places);
});

test("lists are the same when what they hold is", () => {
  assert.ok(sameList([1, "a"], [1, "a"]));
  assert.ok(!sameList([1], [1, 2]));
  assert.ok(!sameList([1], undefined));
});

test("what has few rows more looks hardly larger, and what has many more as much as can be", () => {
  const [most, , least] = supportWeights([4000, 300, 3]);
  assert.ok(Math.abs(most - 1) < 1e-9 && Math.abs(least) < 1e-9);
  const [four, three] = supportWeights([4, 3]);
  assert.ok(four > three && four - three < 0.15, `${four} against ${three}`);
  assert.deepEqual(supportWeights([7, 7]), [0.4, 0.4]);
});
