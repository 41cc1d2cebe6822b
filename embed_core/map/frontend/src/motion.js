/* Many points in motion. Plotly takes too long to redraw for every frame of a drag or a glide, so a plain canvas
 * stands in for it until the map comes to rest. The discs are set pixel by pixel: thousands of small paths a frame
 * cost several times as much where no graphics card draws them.
 */

const rgbaOf = new WeakMap();

/** Red, green, blue (0 to 255) and alpha (0 to 1) of every fill, read once. */
function fillNumbers(fill) {
  if (!rgbaOf.has(fill)) {
    rgbaOf.set(fill, Float32Array.from(fill.flatMap((color) => color.match(/[\d.]+/g).map(Number))));
  }
  return rgbaOf.get(fill);
}

/** Lay a colour over a pixel. */
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

const covered = (depth) => (depth <= 0 ? 0 : depth >= 1 ? 1 : depth);

function drawMotion(canvas, map, fill) {
  const { px, py, radius, points, theme } = map;
  const sharpness = Math.min(2, window.devicePixelRatio || 1);
  const [width, height] = [map.width, map.height].map((size) => Math.round(size * sharpness));
  if (canvas.width !== width || canvas.height !== height || !canvas.sheet) {
    Object.assign(canvas, { width, height, sheet: new ImageData(width, height) });
  }
  const pixels = canvas.sheet.data.fill(0);
  const colors = fillNumbers(fill);
  const paper = channels(theme.paper);
  const half = (outlineWidth(points) * sharpness) / 2;
  for (let i = 0; i < points.n; i++) {
    const r = radius[i] * sharpness;
    if (r < 0.1) continue;
    const [cx, cy, reach] = [px[i] * sharpness - 0.5, py[i] * sharpness - 0.5, r + half + 0.5];
    const [top, bottom] = [Math.max(0, Math.ceil(cy - reach)), Math.min(height - 1, Math.floor(cy + reach))];
    const [left, right] = [Math.max(0, Math.ceil(cx - reach)), Math.min(width - 1, Math.floor(cx + reach))];
    for (let y = top; y <= bottom; y++) {
      const dy = (y - cy) * (y - cy);
      for (let x = left; x <= right; x++) {
        const depth = r + 0.5 - Math.sqrt((x - cx) * (x - cx) + dy);
        const inner = covered(depth - half) * colors[4 * i + 3];
        const rim = covered(depth + half) - covered(depth - half);
        const at = 4 * (y * width + x);
        if (inner > 0) blend(pixels, at, colors[4 * i], colors[4 * i + 1], colors[4 * i + 2], inner);
        if (rim > 0) blend(pixels, at, paper[0], paper[1], paper[2], rim);
      }
    }
  }
  canvas.getContext("2d").putImageData(canvas.sheet, 0, 0);
}
