/* What of the paper is left free by a panel beside it or a sheet below, and how a category gets there. */

import assert from "node:assert/strict";
import test from "node:test";

import { coveredParts, freePart, scrollFor, wayOut } from "../src/covering.js";

const covering = { covered: 340, covered_below: 0.4 };
const wide = { width: 1200, height: 500 };
const narrow = { width: 360, height: 500 };

test("a wide paper is free beside the panel, a narrow one above the sheet and beside the buttons, also where the page is scrolled", () => {
  assert.deepEqual(freePart(wide, covering, 200, 800), { x0: 340, x1: 1200, y0: 0, y1: 500 });
  assert.deepEqual(freePart(narrow, covering, 200, 800), { x0: 0, x1: 306, y0: 0, y1: 280 });
  assert.deepEqual(freePart(narrow, covering, -100, 800), { x0: 0, x1: 306, y0: 100, y1: 500 });
});

test("below a row of buttons, a narrow paper is free over its whole width", () => {
  assert.deepEqual(freePart(narrow, covering, 200, 800, 52), { x0: 0, x1: 360, y0: 52, y1: 280 });
  assert.deepEqual(freePart(narrow, covering, -100, 800, 52), { x0: 0, x1: 360, y0: 100, y1: 500 });
});

test("all is free where nothing covers, and where hardly any of the paper is in the window", () => {
  const whole = { x0: 0, x1: 360, y0: 0, y1: 500 };
  assert.deepEqual(freePart(narrow, { covered: 0, covered_below: 0 }, 0, 800), whole);
  assert.deepEqual(freePart(narrow, covering, 450, 800), whole);
});

test("what is covered is what is not free", () => {
  assert.deepEqual(coveredParts(freePart(wide, covering, 0, 800), wide), [
    { x0: 0, y0: 0, x1: 340, y1: 500 },
  ]);
  assert.deepEqual(coveredParts(freePart(narrow, covering, 200, 800), narrow), [
    { x0: 306, y0: 0, x1: 360, y1: 500 },
    { x0: 0, y0: 280, x1: 360, y1: 500 },
  ]);
});

test("the way out is as short as shows the category and its neighbours, and none where they are free", () => {
  assert.equal(wayOut([500, 700], 340, 1200), 0);
  assert.equal(wayOut([100, 700], 340, 1200), 280);
  assert.equal(wayOut([500, 300], 340, 1200), 80);
  assert.equal(wayOut([500, 300, 1130], 340, 1200), 30);
});

test("the page is scrolled where the sheet would leave too little of the paper, and not otherwise", () => {
  assert.equal(scrollFor(narrow, covering, 400, 60, 800), 340);
  assert.equal(scrollFor(narrow, covering, 200, 60, 800), 0);
  assert.equal(scrollFor(wide, covering, 400, 60, 800), 0);
  assert.equal(scrollFor(narrow, { covered: 0, covered_below: 0 }, 700, 60, 800), 0);
});
