import assert from "node:assert/strict";
import test from "node:test";
import {
  channels,
  colorDomain,
  colorOf,
  fills,
  opaque,
  outlines,
  rgba,
  scaleColor,
  themeOf,
} from "../src/color.js";
import { NONE } from "../src/data.js";
import { nobody, nothing } from "./made_up.js";

const light = themeOf(() => "");
const dark = themeOf((name) => (name === "--st-background-color" ? "#10181E" : "unset"));
const alpha = (fill) => rgba(fill)[3];

test("the shade of the paper decides for dark colours", () => {
  assert.equal(light.dark, false);
  assert.equal(dark.dark, true);
  assert.notDeepEqual(light.scale, dark.scale);
  assert.equal(dark.ink, "#e6ecef");
  assert.equal(themeOf((name) => (name === "--st-text-color" ? " #123456 " : "")).ink, "#123456");
});

test("a scale goes from its first colour to its last", () => {
  assert.deepEqual(scaleColor(light.scale, 0), channels(light.scale[0]));
  assert.deepEqual(scaleColor(light.scale, 1), channels(light.scale.at(-1)));
  assert.deepEqual(scaleColor(light.scale, 7), channels(light.scale.at(-1)));
  assert.deepEqual(scaleColor(["#000000", "#ff0080"], 0.5), [128, 0, 64]);
});

test("a few far values do not make all others one colour", () => {
  const values = [...Array(98).keys(), 1e6, -1e6];
  const { low, high, below, above, missing } = colorDomain(values, false);
  assert.ok(low >= 0 && high <= 97);
  assert.deepEqual([below, above, missing], [true, true, false]);
});

test("few values are all within the scale, and missing ones are known", () => {
  assert.deepEqual(colorDomain([3, null, 1, 2], false), {
    ...{ low: 1, high: 3, below: false, above: false, missing: true },
  });
  assert.equal(colorDomain([null, null], false), null);
});

test("diverging colours have zero in the middle", () => {
  const { low, high } = colorDomain([-1, 4, 2], true);
  assert.deepEqual([low, high], [-4, 4]);
  const hue = colorOf({ color: [-4, 0, 4] }, { low, high }, light, true);
  assert.deepEqual(hue(0), channels(light.diverging[0]));
  assert.deepEqual(hue(1), channels(light.diverging[3]));
  assert.deepEqual(hue(2), channels(light.diverging[6]));
});

test("twelve groups have a colour each, the others share one, and no group has none", () => {
  const code = [...Array(14).keys(), NONE];
  const hue = colorOf({ groups: { names: [], code } }, null, light, false);
  const colors = code.map((_, i) => String(hue(i)));
  assert.equal(new Set(colors).size, 12 + 1 + 1);
  assert.equal(new Set(colors.slice(12, 14)).size, 1);
  assert.equal(hue(14), null);
});

test("a map without colours has the accent, and equal values the middle of the scale", () => {
  assert.deepEqual(colorOf({}, null, light, false)(7), channels(light.accent));
  const hue = colorOf({ color: [5, null] }, { low: 5, high: 5 }, light, false);
  assert.deepEqual(hue(0), scaleColor(light.scale, 0.5));
  assert.equal(hue(1), null);
});

test("opacity follows support, and a missing value is all but empty", () => {
  const hue = (i) => (i === 2 ? null : [1, 2, 3]);
  const [most, least, missing] = fills({ weight: [1, 0, 1], fade: null }, hue, light, nothing);
  assert.equal(most, "rgba(1,2,3,0.95)");
  assert.equal(alpha(least), 0.45);
  assert.equal(alpha(missing), 0.16);
});

test("what is faded, outside the area or hidden is harder to see, in that order", () => {
  const points = { weight: [1, 1, 1, 1], fade: [1, 0, 1, 1] };
  const area = { isAway: (i) => i === 2, isHidden: (i) => i === 3 };
  const [whole, faded, away, hidden] = fills(points, () => [0, 0, 0], light, area).map(alpha);
  assert.equal(whole, 0.95);
  assert.equal(faded, 0.11);
  assert.equal(away, 0.15);
  assert.equal(hidden, 0);
});

test("a point without a value has a grey rim, others have one of paper", () => {
  const colors = outlines(3, { color: [1, null, null] }, light, { isHidden: (i) => i === 2, isAway: nobody });
  assert.deepEqual(colors, [light.paper, light.missing, "rgba(0,0,0,0)"]);
  assert.deepEqual(outlines(1, { groups: { names: [], code: [NONE] } }, light, nothing), [light.missing]);
});

test("a fill without transparency lies between its colour and the paper", () => {
  assert.equal(opaque("rgba(0,100,200,1)", [255, 255, 255]), "rgb(0,100,200)");
  assert.equal(opaque("rgba(0,100,200,0)", [255, 255, 255]), "rgb(191,216,241)");
});
