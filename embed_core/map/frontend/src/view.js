/* The view: which part of the data's plane is on the paper, and at what scale. Pure functions. */

const MARKER = { least: 5, most: 22 };

/** How far beyond the final places, in their own size, the frames of a replay may widen the view. */
const REACH = 0.15;

/** The box around points, or around those that `isHidden` does not hide, with room for the frames there are. */
function boundsOf({ n, places }, isHidden) {
  const { x, y, frames } = places;
  const shown = [...Array(n).keys()].filter((i) => !isHidden(i));
  if (!shown.length) return { x0: 0, x1: 1, y0: 0, y1: 1 };
  const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
  const include = (px, py) => {
    box.x0 = Math.min(box.x0, px);
    box.x1 = Math.max(box.x1, px);
    box.y0 = Math.min(box.y0, py);
    box.y1 = Math.max(box.y1, py);
  };
  for (const i of shown) include(x[i], y[i]);
  // A training overshoots at first: fitted to that, the map that is left in the end would be small.
  const [low, high] = [box.x0 - REACH * (box.x1 - box.x0), box.x1 + REACH * (box.x1 - box.x0)];
  const [bottom, top] = [box.y0 - REACH * (box.y1 - box.y0), box.y1 + REACH * (box.y1 - box.y0)];
  const within = (value, least, most) => Math.min(Math.max(value, least), most);
  for (const i of shown) {
    for (let k = 0; k < (frames?.last ?? 0); k++) {
      include(within(frames.value(k, i, 0), low, high), within(frames.value(k, i, 1), bottom, top));
    }
  }
  return box;
}

/** Follow moving points: grow at once when one would leave, shrink a little at a time. */
function easeBounds(old, now) {
  const ease = (a, b, outward) => ((b - a) * outward > 0 ? b : a + (b - a) * 0.12);
  return {
    x0: ease(old.x0, now.x0, -1),
    x1: ease(old.x1, now.x1, 1),
    y0: ease(old.y0, now.y0, -1),
    y1: ease(old.y1, now.y1, 1),
  };
}

function viewOf(box, width, height) {
  const padX = Math.min(64, width * 0.09);
  const padY = Math.min(38, height * 0.1);
  let unit = Math.max((box.x1 - box.x0) / (width - 2 * padX), (box.y1 - box.y0) / (height - 2 * padY));
  if (!(unit > 0)) unit = Math.max(Math.abs(box.x0), Math.abs(box.y0), 1) / 400;
  return { x: (box.x0 + box.x1) / 2, y: (box.y0 + box.y1) / 2, unit };
}

/** Round steps for a graticule of about `most` lines. */
function graticuleStep(span, most) {
  const rough = span / most;
  const power = 10 ** Math.floor(Math.log10(rough));
  return power * [1, 2, 5, 10].find((k) => k * power >= rough);
}

/** Marker area follows the log of support; many points on little paper are all drawn smaller. */
function radiiOf({ n, weight }, width, height, isHidden) {
  const shrink = Math.min(1, Math.max(0.4, Math.min(width, height) / Math.sqrt(Math.max(1, n)) / 38));
  const [least, most] = [MARKER.least ** 2, MARKER.most ** 2];
  const area = (value) => least + value ** 1.6 * (most - least);
  return weight.map((value, i) => (isHidden(i) ? 0.01 : Math.max(1.8, (shrink * Math.sqrt(area(value))) / 2)));
}

/** Whether (x, y) is inside a closed line of points. */
function isInside(path, x, y) {
  let inside = false;
  for (let i = 0, j = path.length - 1; i < path.length; j = i++) {
    const [a, b] = [path[i], path[j]];
    if (a.y > y !== b.y > y && x < ((b.x - a.x) * (y - a.y)) / (b.y - a.y) + a.x) inside = !inside;
  }
  return inside;
}
