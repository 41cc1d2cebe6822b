import assert from "node:assert/strict";
import test from "node:test";
import { approached, extent, FIRST_CAMERA, plotlyCamera, projection, seeing, turned } from "../src/camera.js";

const SIZE = { width: 800, height: 400 };
const length = ({ x, y, z }) => Math.hypot(x, y, z);

test("the camera stands upright and looks at the middle from its distance", () => {
  const { eye, center, up } = plotlyCamera(FIRST_CAMERA, SIZE);
  assert.ok(Math.abs(length(eye) - FIRST_CAMERA.distance) < 1e-12);
  assert.deepEqual(center, { x: 0, y: 0, z: 0 });
  assert.deepEqual(up, { x: 0, y: 0, z: 1 });
});

test("on narrow paper the camera steps back", () => {
  const narrow = plotlyCamera(FIRST_CAMERA, { width: 200, height: 400 });
  assert.ok(length(narrow.eye) > 1.5 * FIRST_CAMERA.distance);
});

test("a drag turns the camera, and never over its head", () => {
  const camera = turned(FIRST_CAMERA, 200, 0, SIZE);
  assert.ok(Math.abs(camera.turn - (FIRST_CAMERA.turn - Math.PI / 2)) < 1e-12);
  assert.equal(turned(FIRST_CAMERA, 0, 1e6, SIZE).tilt, 1.5);
  assert.equal(turned(FIRST_CAMERA, 0, -1e6, SIZE).tilt, -1.5);
});

test("coming nearer has an end on both sides", () => {
  assert.equal(approached(FIRST_CAMERA, 2).distance, FIRST_CAMERA.distance / 2);
  assert.equal(approached(FIRST_CAMERA, 1e9).distance, 0.25);
  assert.equal(approached(FIRST_CAMERA, 1e-9).distance, 6);
});

test("a place in the data is put on the screen through all matrices", () => {
  // biome-ignore format: matrices, column by column
  const [same, moved, flat] = [
    [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1],
    [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0, 0, 0, -4, 1],
    [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, -1, 0, 0, 0, 0],
  ];
  const project = projection({ model: same, view: moved, projection: flat }, [2, 1, 1], SIZE);
  assert.deepEqual(project(0, 0, 0), [400, 200, 4]);
  assert.deepEqual(project(1, 1, 0), [400 * (1 + 2 / 4), 200 * (1 - 1 / 4), 4]);
  assert.equal(project(1, 0, -4)[2], 8); // farther from the eye
});

test("a cloud is seen whole, however flat it is", () => {
  const { sides, reach } = extent(
    [
      [0, 10],
      [0, 1],
      [0, 0],
    ],
    [0, 1],
  );
  assert.deepEqual(sides, [1, 0.1, 0.02]);
  assert.ok(Math.abs(reach - Math.hypot(5, 0.5) / 10) < 1e-12);
  const { distance } = seeing(reach);
  assert.ok(distance * Math.sin(Math.PI / 8) > reach);
});
