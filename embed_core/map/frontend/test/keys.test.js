import assert from "node:assert/strict";
import test from "node:test";
import { KEY_HELP, listenToKeys } from "../src/keys.js";

/** What pressing keys on a map does; a key may come from one of the map's buttons. */
function pressed(...keys) {
  const done = [];
  const root = new EventTarget();
  const note = (what) => () => done.push(what);
  const plain = { n: note("next"), "+": note("zoom in"), Enter: note("first") };
  listenToKeys(
    root,
    { escape: note("escape"), walk: (way) => done.push(way), plain },
    AbortSignal.timeout(1000),
  );
  const taken = keys.map((key) => {
    const event = Object.assign(
      new Event("keydown", { cancelable: true }),
      typeof key === "string" ? { key } : key,
    );
    if (key.button) Object.defineProperty(event, "target", { value: {} });
    root.dispatchEvent(event);
    return event.defaultPrevented;
  });
  return { done, taken };
}

test("arrows walk, letters act in either case, and each press is taken", () => {
  const { done, taken } = pressed("ArrowLeft", "ArrowUp", "n", "N", "Enter", "+");
  assert.deepEqual(done, [[-1, 0], [0, -1], "next", "next", "first", "zoom in"]);
  assert.ok(taken.every(Boolean));
});

test("what is not the map's is left to the browser", () => {
  const { done, taken } = pressed("Tab", "x", { key: "n", ctrlKey: true }, { key: "+", metaKey: true });
  assert.deepEqual([done, taken], [[], [false, false, false, false]]);
});

test("from a button only Escape is the map's", () => {
  const { done } = pressed({ key: "Enter", button: true }, { key: "Escape", button: true });
  assert.deepEqual(done, ["escape"]);
});

test("every key is explained", () => {
  const help = KEY_HELP.map(([key]) => key).join(" ");
  for (const key of ["arrows", "N", "B", "Enter", "L", "/", "+", "Esc"]) assert.ok(help.includes(key), key);
});
