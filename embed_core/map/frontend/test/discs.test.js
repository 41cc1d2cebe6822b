import assert from "node:assert/strict";
import test from "node:test";
import { drawDiscs } from "../src/discs.js";

const WHITE = [255, 255, 255];

function drawn(discs, width = 40, height = 30, sharpness = 1) {
  const image = { data: new Uint8ClampedArray(4 * width * height).fill(9), width, height };
  drawDiscs(image, { rim: WHITE, rimWidth: 2, ...discs }, sharpness);
  return (x, y) => [...image.data.slice(4 * (y * width + x), 4 * (y * width + x) + 4)];
}

const one = { x: Float64Array.of(20), y: Float64Array.of(15), radius: [8], fill: ["rgba(200,100,50,1)"] };

test("a disc has its colour, a rim, and nothing around it", () => {
  const pixel = drawn(one);
  assert.deepEqual(pixel(20, 15), [200, 100, 50, 255]);
  assert.deepEqual(pixel(0, 0), [0, 0, 0, 0]);
  assert.deepEqual(pixel(20, 15 + 10), [0, 0, 0, 0]);
  const rim = pixel(27, 15);
  assert.ok(rim[0] > 220 && rim[3] > 120, String(rim));
});

test("a disc that shines through lies over the one before", () => {
  const two = { x: Float64Array.of(20, 20), y: Float64Array.of(15, 15), radius: [8, 8] };
  const pixel = drawn({ ...two, fill: ["rgba(200,0,0,1)", "rgba(0,0,200,0.5)"] });
  assert.deepEqual(pixel(20, 15), [100, 0, 100, 255]);
});

test("discs beyond the edge and hidden ones draw nothing that they should not", () => {
  const pixel = drawn({ ...one, x: Float64Array.of(-500), y: Float64Array.of(15) });
  assert.deepEqual(pixel(0, 15), [0, 0, 0, 0]);
  assert.deepEqual(drawn({ ...one, radius: [0.01] })(20, 15), [0, 0, 0, 0]);
});

test("a sharper image has larger discs in the same place", () => {
  const pixel = drawn(one, 80, 60, 2);
  assert.deepEqual(pixel(40, 30), [200, 100, 50, 255]);
  assert.equal(pixel(40 + 11, 30)[3], 255);
});
