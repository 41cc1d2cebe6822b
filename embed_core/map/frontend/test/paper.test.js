/* A selected category is not left below what stands over the map, however often the map is framed again. */

import assert from "node:assert/strict";
import test from "node:test";

import { Paper } from "../src/paper.js";

const PANEL = 340;

/** @param {number} selected @param {number} covered @param {number} below */
function paperOf(selected, covered, below = 0) {
  const x = Float64Array.of(-1, 0, 1);
  const now = { x, y: Float64Array.of(0, 0.5, 0) };
  const points = { n: 3, places: { ...now, z: null, frames: null } };
  const map = {
    points,
    area: {
      alone: "",
      isHidden: () => false,
      isIsolated: false,
      member: /** @type {Uint8Array | null} */ (null),
    },
    player: { now },
    selection: { selected, neighbors: /** @type {[number, number][]} */ ([]), far: new Set() },
    data: { covered },
  };
  const paper = new Paper(/** @type {any} */ (map));
  Object.assign(paper, { width: 1200, height: 500 });
  paper.free = { x0: covered, x1: 1200, y0: 0, y1: 500 - below };
  const where = (/** @type {number} */ i) => paper.width / 2 + (x[i] - paper.view.x) / paper.view.unit;
  return { paper, map, where };
}

test("a selected category is beside the panel when the map is framed, and again", () => {
  const { paper, where } = paperOf(0, PANEL);
  paper.frame(false);
  assert.ok(where(0) > PANEL);
  const { view } = paper;
  paper.frame(false);
  assert.equal(paper.view, view);
});

test("a group that is lit up is beside the panel too, unless it is alone on the map", () => {
  for (const [isIsolated, moves] of [
    [false, true],
    [true, false],
  ]) {
    const { paper, map, where } = paperOf(-1, PANEL);
    Object.assign(map.area, { member: Uint8Array.of(1, 1, 0), isIsolated });
    paper.frame(false);
    assert.equal(where(0) > PANEL, moves);
  }
});

test("nothing moves for one that is beside it already, for none, and where nothing stands over the map", () => {
  for (const [selected, covered] of [
    [2, PANEL],
    [-1, PANEL],
    [0, 0],
  ]) {
    const { paper } = paperOf(selected, covered);
    paper.frame(false);
    assert.equal(paper.view.x, 0);
  }
});

test("a map whose view a person has chosen stays as it is, until a category below the panel is chosen", () => {
  const { paper, map, where } = paperOf(-1, PANEL);
  paper.frame(false);
  paper.isHeld = true;
  map.selection.selected = 0;
  const { view } = paper;
  paper.frame(false);
  assert.equal(paper.view, view);
  assert.ok(paper.uncover(0) && where(0) > PANEL && !paper.uncover(0));
});

test("neighbours come beside the panel as well, where there is room for them", () => {
  const { paper, map, where } = paperOf(1, PANEL);
  map.selection.neighbors = [[0, 0.5]];
  paper.frame(false);
  assert.ok(where(0) > PANEL && where(1) > PANEL);
  map.selection.neighbors = [
    [0, 0.5],
    [2, 0.5],
  ];
  paper.view = { x: 0, y: 0, unit: 1 / 550 }; // wider than what is free: the category itself is seen, and all to the right
  paper.uncover(1);
  assert.ok(where(1) > PANEL && where(2) < paper.width && where(0) < PANEL);
});

test("a neighbour that is far on the map moves nothing", () => {
  const { paper, map } = paperOf(1, PANEL);
  Object.assign(map.selection, { neighbors: [[0, 0.5]], far: new Set([0]) });
  paper.frame(false);
  assert.equal(paper.view.x, 0);
});

test("beside the buttons, where a sheet leaves the map no height but theirs", () => {
  const { paper, where } = paperOf(2, 0);
  paper.free = { x0: 0, x1: 1100, y0: 0, y1: 500 };
  paper.view = { x: 0, y: 0, unit: 1 / 590 };
  assert.ok(paper.uncover(2) && where(2) < 1100);
});

test("above a sheet: the selected category, and its neighbours as far as there is room", () => {
  const { paper, map } = paperOf(0, 0, 260);
  const down = (/** @type {number} */ i) =>
    paper.height / 2 - (map.player.now.y[i] - paper.view.y) / paper.view.unit;
  paper.frame(false);
  assert.ok(down(0) < 240 && paper.view.x === 0);
  const { view } = paper;
  paper.frame(false);
  assert.equal(paper.view, view);
  map.selection.neighbors = [[1, 0.5]];
  paper.view = { x: 0, y: 0.6, unit: 1 / 800 }; // both fit, if the neighbour above goes to the edge
  map.player.now.y.set([0.4, 0.55, 0.7]);
  paper.uncover(0);
  assert.ok(down(0) < 240 && down(1) > 0);
});

test("what is shown whole lies below a row of buttons", () => {
  const { paper, where } = paperOf(-1, 0);
  Object.assign(paper, { width: 360, height: 400, isNarrow: true });
  paper.free = { x0: 0, x1: 360, y0: 0, y1: 400 };
  paper.buttons = { x0: 160, x1: 360, y0: 0, y1: 52 };
  paper.whole = { places: paper.map.points.places, alone: "", box: { x0: -1, x1: 1, y0: -9, y1: 9 } };
  const top = () => paper.height / 2 - (9 - paper.view.y) / paper.view.unit;
  paper.fit();
  assert.ok(top() > 52, `the highest is at ${top()}`);
  assert.equal(where(1), 180);
  paper.isNarrow = false;
  paper.fit();
  assert.ok(top() < 52, "at the side, they leave the top free");
});
