import assert from "node:assert/strict";
import test from "node:test";
import {
  boundsOf,
  easeBounds,
  graticuleStep,
  isInside,
  MARKER,
  onPaper,
  panned,
  radiiOf,
  viewOf,
  zoomed,
} from "../src/view.js";
import { cloud, nobody, weights } from "./made_up.js";

const PAPER = { width: 1000, height: 500 };
const near = (a, b, slack = 1e-9) => assert.ok(Math.abs(a - b) <= slack, `${a} is not ${b}`);

function fitted(places, isHidden = nobody) {
  const box = boundsOf(places.x.length, places, isHidden);
  return { box, view: viewOf(box, PAPER) };
}

const FEW = {
  one: { x: [3], y: [3] },
  "three in one place": { x: [0, 0, 0], y: [0, 0, 0] },
  "far away in one place": { x: [1e6, 1e6], y: [-4e5, -4e5] },
  two: { x: [-1, 5], y: [2, 2] },
};
for (const [name, { x, y }] of Object.entries(FEW)) {
  test(`a handful of categories has a sensible view: ${name}`, () => {
    const places = { x: Float64Array.from(x), y: Float64Array.from(y), z: null, frames: null };
    const { view } = fitted(places);
    assert.ok(view.unit > 0 && Number.isFinite(view.unit));
    const spots = onPaper(view, PAPER, places);
    spots.x.forEach((px, i) => {
      assert.ok(px > 20 && px < PAPER.width - 20 && spots.y[i] > 20 && spots.y[i] < PAPER.height - 20);
    });
    near((Math.min(...spots.x) + Math.max(...spots.x)) / 2, PAPER.width / 2, 1e-6);
  });
}

test("everything is on the paper, and reaches to the margin of one side", () => {
  const places = cloud(300);
  const spots = onPaper(fitted(places).view, PAPER, places);
  const margins = [
    Math.min(...spots.x),
    PAPER.width - Math.max(...spots.x),
    Math.min(...spots.y),
    PAPER.height - Math.max(...spots.y),
  ];
  assert.ok(margins.every((margin) => margin > 37));
  near(Math.min(margins[2], margins[3]), 38);
});

test("up on the paper is up in the data", () => {
  const { y } = onPaper({ x: 0, y: 0, unit: 0.1 }, PAPER, { x: Float64Array.of(0), y: Float64Array.of(3) });
  assert.equal(y[0], 220);
});

test("the frames of a replay widen the view, but not without limit", () => {
  const places = { x: Float64Array.of(0, 10), y: Float64Array.of(0, 10), z: null, frames: null };
  const wide = (x) => ({ ...places, frames: { last: 1, value: (_, i, axis) => (axis ? i : x) } });
  assert.equal(boundsOf(2, wide(11), nobody).x1, 11);
  assert.equal(boundsOf(2, wide(1000), nobody).x1, 11.5);
  assert.equal(boundsOf(2, wide(-1000), nobody).x0, -1.5);
});

test("hidden categories do not count for the view", () => {
  const places = { x: Float64Array.of(0, 1, 99), y: Float64Array.of(0, 1, 99), z: null, frames: null };
  assert.deepEqual(
    boundsOf(3, places, (i) => i === 2),
    { x0: 0, x1: 1, y0: 0, y1: 1 },
  );
  assert.deepEqual(
    boundsOf(3, places, () => true),
    { x0: 0, x1: 1, y0: 0, y1: 1 },
  );
});

test("the view follows moving points outwards at once and inwards slowly", () => {
  const eased = easeBounds({ x0: 0, x1: 10, y0: 0, y1: 10 }, { x0: -5, x1: 9, y0: 1, y1: 12 });
  assert.equal(eased.x0, -5);
  assert.equal(eased.y1, 12);
  assert.ok(eased.x1 > 9.8 && eased.x1 < 10);
  assert.ok(eased.y0 > 0 && eased.y0 < 0.2);
});

test("zooming leaves the place under the pointer where it is", () => {
  const places = cloud(50);
  const { box, view } = fitted(places);
  const spot = { x: 730, y: 90 };
  const there = { x: view.x + (730 - 500) * view.unit, y: view.y + (250 - 90) * view.unit };
  for (const factor of [1.6, 1 / 1.6, 20]) {
    const closer = zoomed(view, factor, spot, PAPER, box);
    near(closer.unit, view.unit / factor);
    near(closer.x + (730 - 500) * closer.unit, there.x);
    near(closer.y + (250 - 90) * closer.unit, there.y);
  }
});

test("zooming has an end on both sides", () => {
  const { box, view } = fitted(cloud(50));
  const middle = { x: 500, y: 250 };
  near(zoomed(view, 1e-9, middle, PAPER, box).unit, 3 * view.unit);
  near(zoomed(view, 1e9, middle, PAPER, box).unit, view.unit / 500);
});

test("a drag moves what is under it by as many pixels", () => {
  const places = cloud(5);
  const { view } = fitted(places);
  const [before, after] = [view, panned(view, 60, -20)].map((each) => onPaper(each, PAPER, places));
  near(after.x[3] - before.x[3], 60);
  near(after.y[3] - before.y[3], -20);
});

test("the steps of a graticule are round and about as many as wanted", () => {
  for (const span of [0.03, 1, 7.3, 99, 12345]) {
    const step = graticuleStep(span, 5);
    assert.match(step.toExponential(), /^[125]e|^1\.?0*e/);
    assert.ok(span / step > 2 && span / step <= 5.001);
  }
});

test("a marker's size follows the rows, and shrinks in a crowd", () => {
  const few = radiiOf(weights(10), PAPER, nobody);
  assert.equal(few[0], MARKER.most / 2);
  assert.equal(few.at(-1), MARKER.least / 2);
  assert.deepEqual(
    [...few].sort((a, b) => b - a),
    few,
  );
  const many = radiiOf(weights(3000), PAPER, nobody);
  assert.ok(many[0] < few[0]);
  assert.ok(many.at(-1) >= 1.8);
  assert.ok(radiiOf(weights(10), PAPER, (i) => i === 0)[0] < 0.1);
});

test("inside an area is what its line goes around, also where the line turns inwards", () => {
  const notched = [
    { x: 0, y: 0 },
    { x: 10, y: 0 },
    { x: 5, y: 5 },
    { x: 10, y: 10 },
    { x: 0, y: 10 },
  ];
  assert.ok(isInside(notched, 2, 5));
  assert.ok(!isInside(notched, 8, 5));
  assert.ok(!isInside(notched, -1, 5));
  assert.ok(!isInside([], 0, 0));
});
