import assert from "node:assert/strict";
import test from "node:test";
import { apart, categoryCount, fileName, quoted, rowCount, shortName } from "../src/text.js";

test("a name is one short line", () => {
  assert.equal(shortName("plain", 24), "plain");
  assert.equal(shortName("line\nbreak\u2028more", 24), "line break more");
  assert.equal(shortName("long ".repeat(1000), 24), "long long long long lon…");
  assert.equal(Array.from(shortName("x".repeat(5000), 600)).length, 600);
});

test("markup stays what it is", () => {
  for (const name of ["<b>x</b>", "=1+1", "**bold**", "$x$", ":material/home:", "a&amp;b"]) {
    assert.equal(shortName(name, 24), name);
  }
});

test("an empty name can be seen", () => {
  assert.equal(shortName("", 24), '""');
  assert.equal(shortName("     ", 24), '"   "');
});

test("marks that turn text around are shown instead of obeyed", () => {
  assert.equal(shortName("\u202eevil\u202c", 24), "◇evil◇");
  assert.equal(shortName("\u2066a\u2069\u200fb", 24), "◇a◇◇b");
});

test("a cut never leaves half a character, and what XML cannot hold is replaced", () => {
  const family = "👨‍👩‍👧‍👦";
  assert.ok(!/[\ud800-\udbff]$/.test(shortName(family.repeat(20), 12).slice(0, -1)));
  assert.equal(shortName("\ud800", 24), "\ufffd");
  assert.equal(shortName("a\udc00b\uffff", 24), "a\ufffdb\ufffd");
});

test("a name in a sentence keeps its direction of writing to itself", () => {
  assert.equal(quoted("مرحبا", 40), "\u2068مرحبا\u2069");
});

test("counts are words that agree with them", () => {
  assert.deepEqual([rowCount(1), rowCount(1234)], ["1 row", "1,234 rows"]);
  assert.deepEqual([categoryCount(1), categoryCount(0)], ["1 category", "0 categories"]);
});

test("a picture's file is called after its title, and always has a name", () => {
  assert.equal(fileName("Ports / 2024"), "Ports-2024");
  assert.equal(fileName("<i>All</i> & more"), "i-All-i-more");
  assert.equal(fileName("東京都 é"), "東京都-é");
  assert.equal(fileName("../../"), "map");
  assert.ok(fileName("x".repeat(500)).length <= 60);
});

test("a distance of hardly anything is not written in twenty digits", () => {
  assert.equal(apart(9.37e-12), "< 0.0001");
  assert.equal(apart(0), "0");
  assert.equal(apart(0.02052), "0.0205");
  assert.equal(apart(1234.5), "1,230");
});
