/* Many points in motion. Plotly takes too long to redraw for every frame of a drag or a glide, so a plain canvas
 * stands in for it until the map comes to rest. The discs are set pixel by pixel: thousands of small paths a frame
 * cost several times as much where no graphics card draws them.
 */

/** @import { Size } from "./types.d.ts" */

import { rgba } from "./color.js";
import { within } from "./view.js";

/** @type {WeakMap<string[], Float32Array>} */
const rgbaOf = new WeakMap();

/**
 * Red, green, blue (0 to 255) and alpha (0 to 1) of every fill, read once.
 *
 * @param {string[]} fill
 */
function fillNumbers(fill) {
  let numbers = rgbaOf.get(fill);
  if (!numbers) {
    numbers = Float32Array.from(fill.flatMap(rgba));
    rgbaOf.set(fill, numbers);
  }
  return numbers;
}

/**
 * Lay a colour over a pixel.
 *
 * @param {Uint8ClampedArray} pixels
 * @param {number} at
 * @param {number} r
 * @param {number} g
 * @param {number} b
 * @param {number} alpha
 */
function blend(pixels, at, r, g, b, alpha) {
  const under = (pixels[at + 3] / 255) * (1 - alpha);
  const whole = alpha + under;
  const p = alpha / whole;
  const q = under / whole;
  pixels[at] = r * p + pixels[at] * q;
  pixels[at + 1] = g * p + pixels[at + 1] * q;
  pixels[at + 2] = b * p + pixels[at + 2] * q;
  pixels[at + 3] = 255 * whole;
}

/** @param {number} depth */
const covered = (depth) => within(depth, 0, 1);

/**
 * Draw discs with a rim into the pixels of an image, which is emptied first.
 *
 * @param {{ data: Uint8ClampedArray, width: number, height: number }} image
 * @param {object} discs
 * @param {Float64Array} discs.x In pixels of the map.
 * @param {Float64Array} discs.y
 * @param {number[]} discs.radius
 * @param {string[]} discs.fill
 * @param {number[]} discs.rim Its colour.
 * @param {number} discs.rimWidth
 * @param {number} sharpness Pixels of the image in one of the map.
 */
export function drawDiscs({ data, width, height }, { x: xs, y: ys, radius, fill, rim, rimWidth }, sharpness) {
  const pixels = data.fill(0);
  const colors = fillNumbers(fill);
  const half = (rimWidth * sharpness) / 2;
  for (let i = 0; i < xs.length; i++) {
    const r = radius[i] * sharpness;
    if (r < 0.1) continue;
    const [cx, cy, reach] = [xs[i] * sharpness - 0.5, ys[i] * sharpness - 0.5, r + half + 0.5];
    const [top, bottom] = [Math.max(0, Math.ceil(cy - reach)), Math.min(height - 1, Math.floor(cy + reach))];
    const [left, right] = [Math.max(0, Math.ceil(cx - reach)), Math.min(width - 1, Math.floor(cx + reach))];
    for (let y = top; y <= bottom; y++) {
      const dy = (y - cy) * (y - cy);
      for (let x = left; x <= right; x++) {
        const depth = r + 0.5 - Math.sqrt((x - cx) * (x - cx) + dy);
        const inner = covered(depth - half) * colors[4 * i + 3];
        const ring = covered(depth + half) - covered(depth - half);
        const at = 4 * (y * width + x);
        if (inner > 0) blend(pixels, at, colors[4 * i], colors[4 * i + 1], colors[4 * i + 2], inner);
        if (ring > 0) blend(pixels, at, rim[0], rim[1], rim[2], ring);
      }
    }
  }
}

/** The canvas that stands in for Plotly's drawing. */
export class DiscCanvas {
  /** @param {HTMLCanvasElement} canvas */
  constructor(canvas) {
    this.canvas = canvas;
    /** @type {ImageData | null} */
    this.image = null;
  }

  /**
   * @param {Parameters<typeof drawDiscs>[1]} discs
   * @param {Size} size
   */
  draw(discs, size) {
    const { canvas } = this;
    const sharpness = Math.min(2, window.devicePixelRatio || 1);
    const [width, height] = [size.width, size.height].map((side) => Math.round(side * sharpness));
    if (!this.image || canvas.width !== width || canvas.height !== height) {
      Object.assign(canvas, { width, height });
      this.image = new ImageData(width, height);
    }
    drawDiscs(this.image, discs, sharpness);
    canvas.getContext("2d")?.putImageData(this.image, 0, 0);
  }
}
