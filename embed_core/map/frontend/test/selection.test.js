import assert from "node:assert/strict";
import test from "node:test";
import { Selection } from "../src/selection.js";
import { nobody } from "./made_up.js";

/** A map in one line, west to east, as far as a selection knows it. */
function mapOf(labels, more = {}) {
  const x = Float64Array.from(labels, (_, i) => 100 * i);
  const y = new Float64Array(labels.length);
  const sent = [];
  const map = {
    points: {
      ...{ n: labels.length, labels, support: labels.map(() => 5), places: { z: null } },
      ...{ selected: -1, neighbors: [], falseNeighbors: [], cloud: [], ...more },
    },
    ...{ root: { dataset: { selected: "" }, classList: { toggle() {} } }, data: { slot: "test" } },
    ...{ player: { now: { x, y } }, marks: { x, y, isOnPaper: () => true }, area: { isHidden: nobody } },
    ...{ names: { place() {} }, key: { draw() {} }, solid: { isOn: false } },
    ...{
      paper: { bringIntoView: () => false, measureFree: () => {}, uncover: () => false },
      motion: { goTo() {} },
      spoken: "",
    },
    ...{ drawOver() {}, emit: (name, event) => sent.push([name, event.category]) },
    speak(sentence) {
      this.spoken = sentence;
    },
  };
  map.selection = new Selection(map);
  return { map, selection: map.selection, sent };
}

const heard = (serial) => ({ heard: { select: serial } });

test("a click is shown at once and sent once", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const nearest = [[[1, 0.5]], [[0, 0.5]], []];
  const { map, selection, sent } = mapOf(["a", "b", "c"], { nearest });
  selection.choose(0);
  selection.choose(0);
  assert.equal(map.root.dataset.selected, "a");
  assert.equal(map.root.dataset.neighbors, "1");
  assert.equal(map.spoken, "\u2068a\u2069, 5 rows. Nearest: \u2068b\u2069.");
  t.mock.timers.tick(1);
  assert.deepEqual(sent, [["select", "a"]]);
  selection.clear();
  t.mock.timers.tick(1);
  assert.deepEqual(sent.at(-1), ["select", null]);
  assert.equal(map.spoken, "Nothing is selected.");
});

test("steps of a walk that follow quickly are sent as one", (t) => {
  t.mock.timers.enable({ apis: ["setTimeout"] });
  const { selection, sent } = mapOf(["a", "b", "c"]);
  selection.walk([1, 0]); // nothing is selected: the most important one
  selection.walk([1, 0]);
  selection.walk([1, 0]);
  t.mock.timers.tick(1000);
  assert.deepEqual(sent, [["select", "c"]]);
});

test("an answer that left Python before it heard of a click does not undo the click", () => {
  const { map, selection } = mapOf(["a", "b"]);
  selection.choose(1);
  selection.stop();
  assert.equal(selection.receive(heard(0), null), false);
  assert.equal(selection.selected, 1);
  selection.receive(heard(selection.wish.serial), null);
  assert.equal(selection.selected, map.points.selected);
});

test("a click that Python has not heard of follows its category into another table", () => {
  const { map, selection } = mapOf(["a", "b"]);
  selection.choose(1);
  selection.stop();
  const before = map.points;
  map.points = { ...before, labels: ["b", "new", "a"], n: 3 };
  selection.receive(heard(0), before);
  assert.equal(selection.selected, 0);
});

test("a selection that Python makes is called for from outside, and only once", () => {
  const { map, selection } = mapOf(["a", "b"], {
    selected: 1,
    neighbors: [[0, 2]],
    falseNeighbors: [0],
    cloud: [],
  });
  assert.equal(selection.receive(heard(0), null), true);
  selection.announce();
  assert.deepEqual(selection.focus(), [1, 0, 0]);
  assert.equal(selection.receive(heard(0), null), false);
  map.points = { ...map.points, selected: -1, neighbors: [] };
  selection.receive(heard(0), null);
  assert.deepEqual([selection.selected, selection.neighbors, selection.falseNeighbors], [-1, [], []]);
  assert.equal(selection.knowsNeighbors, true);
});

test("a walk goes to the nearest true neighbour where it has not been, and back the same way", () => {
  const nearest = [[[3, 1]], [[0, 1]], [], [[0, 1], [1, 2]]]; // biome-ignore format: neighbours of each
  const { selection } = mapOf(["a", "b", "c", "d"], { nearest });
  selection.choose(0);
  selection.walkToNeighbor();
  selection.walkToNeighbor();
  assert.equal(selection.selected, 1);
  selection.walkToNeighbor(); // there is none that is new
  assert.equal(selection.selected, 1);
  selection.walkBack();
  assert.equal(selection.selected, 3);
  selection.walkBack();
  assert.equal(selection.selected, 0);
  selection.walkBack();
  assert.equal(selection.selected, 0);
  selection.stop();
});

test("where no true neighbours are known, a walk goes to the nearest on the map", () => {
  const { selection } = mapOf(["a", "b", "c"]);
  selection.choose(2);
  selection.walkToNeighbor();
  assert.equal(selection.selected, 1);
  selection.walkToNeighbor();
  assert.equal(selection.selected, 0);
  selection.stop();
});
