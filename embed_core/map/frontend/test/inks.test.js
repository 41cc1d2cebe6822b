/* A picture names letters that other machines have, after its own. */

import assert from "node:assert/strict";
import test from "node:test";

import { readableFamilies } from "../src/inks.js";

test("families of other machines stand between the screen's own and the generic one", () => {
  const families = readableFamilies('"Source Sans", sans-serif').split(", ");
  assert.equal(families[0], "'Source Sans'");
  assert.equal(families.at(-1), "sans-serif");
  assert.ok(["'Arial'", "'DejaVu Sans'", "'Liberation Sans'"].every((family) => families.includes(family)));
});

test("a family is named once, and a list without a generic one gets one", () => {
  assert.equal(readableFamilies("Arial").match(/Arial/g)?.length, 1);
  assert.ok(readableFamilies("Inter").endsWith(", sans-serif"));
});
