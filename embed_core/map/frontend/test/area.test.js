import assert from "node:assert/strict";
import test from "node:test";
import { Area } from "../src/area.js";

/** An element, as far as an area knows it. */
const node = () => ({
  hidden: false,
  setAttribute(name, value) {
    this[name] = value;
  },
  classList: { toggle() {} },
});
const SQUARE = [
  { x: -1, y: -1 },
  { x: 150, y: -1 },
  { x: 150, y: 9 },
  { x: -1, y: 9 },
];

/** A map in one line, west to east, as far as an area knows it. */
function mapOf(labels) {
  const sent = [];
  const map = {
    points: { n: labels.length, labels, group: [] },
    marks: { x: labels.map((_, i) => 100 * i), y: labels.map(() => 0) },
    ...{
      root: { dataset: {} },
      solid: { isOn: false },
      elements: { areaLine: node(), areaButton: node(), stage: node() },
      selection: { selected: -1, show() {} },
      paper: { uncover: () => false },
    },
    ...{ recolor() {}, emit: (_, event) => sent.push(event.categories) },
    speak(sentence) {
      this.spoken = sentence;
    },
  };
  return { map, area: new Area(map), sent };
}

const heard = (serial, isolated = false) => ({ isolated, heard: { area: serial } });

test("what is inside the line is lit up and sent, and cleared by an empty one", () => {
  const { map, area, sent } = mapOf(["a", "b", "c"]);
  area.take([]);
  assert.deepEqual(sent, []);
  area.take(SQUARE);
  assert.deepEqual(sent, [["a", "b"]]);
  assert.deepEqual([area.members(), map.spoken], [[0, 1], "2 categories in the area."]);
  assert.deepEqual([0, 1, 2].map(area.isAway), [false, false, true]);
  assert.ok(!area.isHidden(2));
  area.take([]);
  assert.deepEqual([sent.at(-1), area.member, map.spoken], [[], null, "The area is cleared."]);
});

test("an area that Python has not heard of stays, also among other categories", () => {
  const { map, area } = mapOf(["a", "b", "c"]);
  area.take(SQUARE);
  const before = map.points;
  map.points = { n: 3, labels: ["c", "b", "new"], group: [] };
  area.receive(heard(0), before);
  assert.deepEqual(area.members(), [1]);
  area.receive(heard(area.wish.serial), null);
  assert.equal(area.member, null);
});

test("the map is framed again when other members are alone on it, and only then", () => {
  const { map, area } = mapOf(["a", "b", "c"]);
  map.points.group = [2];
  assert.equal(area.receive(heard(0), null), false);
  assert.equal(area.receive(heard(0, true), null), true);
  assert.deepEqual([0, 1, 2].map(area.isHidden), [true, true, false]);
  assert.equal(area.receive(heard(0, true), null), false);
  map.points.group = [1];
  assert.equal(area.receive(heard(0, true), null), true);
  assert.equal(area.receive(heard(0), null), true);
});

test("what is hidden cannot be drawn around", () => {
  const { map, area, sent } = mapOf(["a", "b", "c"]);
  map.points.group = [1, 2];
  area.receive(heard(0, true), null);
  area.take(SQUARE);
  assert.deepEqual(sent, [["b"]]);
});

test("without a page that wants areas there is neither button nor key for them", () => {
  const { map, area } = mapOf(["a"]);
  const { areaButton } = map.elements;
  area.dress();
  area.toggle();
  assert.deepEqual([areaButton.hidden, area.isDrawing], [true, false]);
  area.isAllowed = true;
  area.dress();
  area.toggle();
  assert.deepEqual([areaButton.hidden, areaButton["aria-pressed"], area.isDrawing], [false, "true", true]);
  map.solid.isOn = true;
  area.dress();
  assert.deepEqual([areaButton.hidden, area.isDrawing], [true, false]);
});

test("a drag draws only where the page wants areas, in two dimensions", () => {
  const { map, area } = mapOf(["a"]);
  assert.equal(area.shape(true), null);
  area.isAllowed = true;
  assert.deepEqual([area.shape(false), area.shape(true)], [null, "box"]);
  area.isDrawing = true;
  assert.equal(area.shape(false), "lasso");
  map.solid.isOn = true;
  assert.equal(area.shape(true), null);
});
