import assert from "node:assert/strict";
import test from "node:test";
import { boxesOf, inTheWay, placeLabels, placeRegions } from "../src/labels.js";
import { boundsOf, onPaper, radiiOf, viewOf, zoomed } from "../src/view.js";
import { cloud, nobody, weights } from "./made_up.js";

const SIZE = { width: 1100, height: 460 };
const WIDTH = 7; // of a letter

/** Names of a made-up map, placed as the map does. */
function placed(n, { view, must = [], held = new Map(), most = 90, isHidden = nobody, text } = {}) {
  const places = cloud(n);
  const box = boundsOf(n, places, nobody);
  const { x, y } = onPaper(view ?? viewOf(box, SIZE), SIZE, places);
  const radius = radiiOf(weights(n), SIZE, isHidden);
  const style = (i) => ({
    text: text?.(i) ?? `category ${i}`,
    font: "",
    size: 11,
    role: "minor",
    away: false,
  });
  const order = [...must, ...Array(n).keys()];
  const labels = placeLabels({
    ...{ order, must: new Set(must), x, y, radius, size: SIZE, most, style },
    ...{ widthOf: (words) => WIDTH * words.length, held, closed: [], isHidden },
  });
  return { labels, x, y, radius, box };
}

/** The boxes that letters fill. */
function boxes({ labels, x, y }) {
  return [...labels].map(([i, { text, dx, dy, size }]) => ({
    ...{ i, x0: x[i] + dx, x1: x[i] + dx + WIDTH * text.length },
    ...{ y0: y[i] + dy - size / 2, y1: y[i] + dy + size / 2 },
  }));
}

for (const n of [2, 229, 1500, 5000]) {
  test(`names do not cover one another and stay on the paper: ${n} categories`, () => {
    const all = boxes(placed(n));
    assert.ok(all.length >= Math.min(n, 15));
    for (const [k, a] of all.entries()) {
      assert.ok(a.x0 >= 0 && a.y0 >= 0 && a.x1 <= SIZE.width && a.y1 <= SIZE.height);
      for (const b of all.slice(0, k)) {
        assert.ok(a.x1 <= b.x0 || b.x1 <= a.x0 || a.y1 <= b.y0 || b.y1 <= a.y0, `${a.i} meets ${b.i}`);
      }
    }
  });
}

test("where points are on their way, a name that would cover a more important one waits", () => {
  const there = placed(229);
  assert.equal(inTheWay(there.labels, there.x, there.y).size, 0, "none where they were placed");
  // Half way to the middle of the paper, all are closer.
  const [x, y] = [there.x, there.y].map((values, k) => values.map((value) => (value + [550, 230][k]) / 2));
  const waiting = inTheWay(there.labels, x, y);
  const all = boxes({ labels: there.labels, x, y });
  const meet = (a, b) => a.x0 < b.x1 && b.x0 < a.x1 && a.y0 < b.y1 && b.y0 < a.y1;
  const shown = all.filter(({ i }) => !waiting.has(i));
  assert.ok(waiting.size > 0 && shown.length > 10);
  assert.ok(!waiting.has([...there.labels.keys()][0]), "the most important is always shown");
  for (const [k, a] of shown.entries()) {
    for (const b of shown.slice(0, k)) assert.ok(!meet(a, b), `${a.i} meets ${b.i}`);
  }
});

test("a long name does not cover others either, and one that has no room is left out", () => {
  const { labels } = placed(229, { text: (i) => (i === 3 ? "x".repeat(400) : `category ${i}`) });
  assert.ok(!labels.has(3));
  assert.ok(labels.size > 10);
});

test("the most important come first, and are written even over points", () => {
  const inTheCrowd = 4999;
  assert.ok(!placed(5000).labels.has(inTheCrowd));
  const { labels } = placed(5000, { must: [inTheCrowd] });
  assert.equal([...labels.keys()][0], inTheCrowd);
  assert.ok(labels.size > 10);
});

test("there are never more names than wanted, and none of what is hidden", () => {
  assert.equal(placed(229, { most: 12 }).labels.size, 12);
  const { labels } = placed(229, { isHidden: (i) => i % 2 === 0 });
  assert.ok(labels.size > 10 && [...labels.keys()].every((i) => i % 2));
});

test("zooming in names the small ones too", () => {
  const far = placed(1500);
  const least = 1499;
  assert.ok(!far.labels.has(least));
  const spot = { x: far.x[least], y: far.y[least] };
  const view = zoomed(viewOf(far.box, SIZE), 75, spot, SIZE, far.box);
  const close = placed(1500, { view });
  assert.ok(Math.abs(close.x[least] - spot.x) < 1e-6);
  assert.ok(close.labels.has(least));
});

const style = () => ({ text: "four", font: "", size: 11, role: "minor", away: false });
const lone = { must: new Set(), size: SIZE, most: 9, style, widthOf: () => 80, held: new Map(), closed: [] };

test("a name keeps the side where it stood", () => {
  const wanted = { ...lone, order: [0], x: Float64Array.of(400), y: Float64Array.of(200), radius: [4] };
  const first = placeLabels({ ...wanted, isHidden: nobody });
  assert.equal(first.get(0).side, 0);
  const held = new Map([[0, { ...first.get(0), side: 3 }]]);
  assert.equal(placeLabels({ ...wanted, held, isHidden: nobody }).get(0).side, 3);
});

test("a bigger point is not hidden by a name that can stand elsewhere", () => {
  const places = { x: Float64Array.of(400, 340), y: Float64Array.of(200, 200) };
  const labels = placeLabels({ ...lone, ...places, order: [1], radius: [11, 3], isHidden: nobody });
  assert.notEqual(labels.get(1).side, 0); // the right is where a name stands first, and the big point is there
});

test("nothing stands where the buttons are", () => {
  const wanted = {
    ...lone,
    order: [0],
    must: new Set([0]),
    x: Float64Array.of(1000),
    y: Float64Array.of(20),
  };
  const place = (closed) => placeLabels({ ...wanted, radius: [4], closed, isHidden: nobody });
  assert.equal(place([{ x0: 800, y0: 0, x1: 1100, y1: 140 }]).size, 0);
  assert.equal(place([]).size, 1);
});

test("names of clusters stand among their members, and none covers another", () => {
  const wanted = {
    ...{ names: ["west", "also west", "empty"], code: [0, 0, 0, 1, 1, 65535] },
    ...{ x: [10, 12, 300, 10, 13, 200], y: [50, 52, 50, 51, 50, 50] },
    ...{
      size: { width: 400, height: 200 },
      height: 18,
      closed: [],
      widthOf: (text) => 7 * text.length,
      isHidden: nobody,
      isAway: (i) => i < 3,
    },
  };
  const placed = placeRegions(wanted);
  assert.deepEqual(
    placed.map(({ text }) => text),
    ["west", "also west"],
  );
  const [a, b] = placed.map(({ box }) => box);
  assert.ok(a.y1 <= b.y0 || b.y1 <= a.y0 || a.x1 <= b.x0 || b.x1 <= a.x0);
  assert.ok(placed.every(({ box }) => box.x0 >= 0 && box.y0 >= 0));
  assert.deepEqual(
    placed.map(({ away }) => away),
    [true, false],
    "where a group is lit up, the others are paler",
  );
  const arrow = { x0: 0, x1: 400, y0: 30, y1: 70 };
  const moved = placeRegions({ ...wanted, closed: [arrow] });
  assert.ok(moved.every(({ box }) => box.y1 <= arrow.y0 || box.y0 >= arrow.y1));
});

test("the name of the cluster around a selected category leaves room for the name of the category", () => {
  const places = { x: Float64Array.of(200), y: Float64Array.of(100) };
  const style = () => ({ text: "chosen", font: "", size: 14, role: "selected", away: false });
  const first = placeLabels({
    ...{ order: [0], must: new Set([0]), ...places, radius: [5], size: SIZE, most: 9, style },
    ...{ widthOf: (words) => WIDTH * words.length, held: new Map(), closed: [], isHidden: nobody },
  });
  const named = boxesOf(first, places.x, places.y);
  assert.equal(named.length, 1);
  const [cluster] = placeRegions({
    ...{ names: ["the cluster"], code: [0], ...places, size: SIZE, height: 18, closed: named },
    ...{ widthOf: (words) => WIDTH * words.length, isHidden: nobody, isAway: nobody },
  });
  const [a, b] = [named[0], cluster.box];
  assert.ok(a.x1 <= b.x0 || b.x1 <= a.x0 || a.y1 <= b.y0 || b.y1 <= a.y0);
});
