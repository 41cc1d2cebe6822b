/* Three dimensions: Plotly draws the cloud; the camera is turned here, and everything around the points follows it.
 *
 * `_fullLayout.scene._scene` is Plotly's own business. It is read here and nowhere else, as nothing public says where on
 * the screen a point of a 3-D scene is.
 */

const FIRST_CAMERA = { turn: -Math.PI / 4, tilt: 0.36, distance: 1.7 };
const SOLID_CONFIG = { displayModeBar: false, showTips: false };
const NO_WEBGL =
  "A map in three dimensions needs WebGL, which this browser does not offer. In two dimensions it can be shown.";

const sceneOf = (plot) => plot._fullLayout?.scene?._scene;

const within = (value, low, high) => Math.min(high, Math.max(low, value));

/** The camera as Plotly wants it, upright and looking at the middle; farther away where the paper is narrow. */
function plotlyCamera({ camera, width, height }) {
  const { turn, tilt } = camera;
  const distance = camera.distance * Math.max(1, (0.9 * height) / width);
  const flat = distance * Math.cos(tilt);
  return {
    eye: { x: flat * Math.cos(turn), y: flat * Math.sin(turn), z: distance * Math.sin(tilt) },
    center: { x: 0, y: 0, z: 0 },
    up: { x: 0, y: 0, z: 1 },
  };
}

/** The product of two 4 × 4 matrices, column by column. */
function multiply(a, b) {
  const product = new Float64Array(16);
  for (let column = 0; column < 4; column++) {
    for (let row = 0; row < 4; row++) {
      for (let k = 0; k < 4; k++) product[4 * column + row] += a[4 * k + row] * b[4 * column + k];
    }
  }
  return product;
}

/** A function from a place in the data to [x, y, distance] on the screen. */
function cameraOf(scene, width, height) {
  const { model, view, projection } = scene.glplot.cameraParams;
  const m = multiply(projection, multiply(view, model));
  const [sx, sy, sz] = scene.dataScale;
  return (x, y, z) => {
    const at = (row) => m[row] * x * sx + m[row + 4] * y * sy + m[row + 8] * z * sz + m[row + 12];
    const w = at(3);
    return [(width / 2) * (1 + at(0) / w), (height / 2) * (1 - at(1) / w), w];
  };
}

/** The far sides of the box around the cloud, with titles at the three edges that meet in its farthest corner. */
function drawSolidFrame(svg, map, project) {
  const { points, data } = map;
  const ends = [points.x, points.y, points.z].map((values) => {
    const shown = values.filter((_, i) => !map.isHidden(i));
    return [shown.reduce((a, b) => Math.min(a, b), Infinity), shown.reduce((a, b) => Math.max(a, b), -Infinity)];
  });
  const corners = Array.from({ length: 8 }, (_, bits) => project(...ends.map((end, axis) => end[(bits >> axis) & 1])));
  const byDistance = corners.map((_, bits) => bits).sort((a, b) => corners[a][2] - corners[b][2]);
  const [nearest, farthest] = [byDistance[0], byDistance.at(-1)];
  const nodes = [];
  map.solidTitles = [];
  for (let bits = 0; bits < 8; bits++) {
    for (let axis = 0; axis < 3; axis++) {
      const other = bits | (1 << axis);
      if (other === bits || bits === nearest || other === nearest) continue;
      const [[x1, y1], [x2, y2]] = [corners[bits], corners[other]];
      const isAxis = bits === farthest || other === farthest;
      nodes.push(element("line", { class: isAxis ? "atlas-axis" : "", x1, y1, x2, y2 }));
      if (!isAxis || !data.axes[axis]) continue;
      const text = shortName(data.axes[axis], 40);
      const [x, y] = bits === farthest ? [x2, y2] : [x1, y1];
      const reach = textWidth(text, `10px ${map.theme.font}`) / 2 + 6;
      const middle = Math.min(map.width - reach, Math.max(reach, x));
      const low = Math.min(map.height - 8, Math.max(16, y + (y < map.height / 2 ? -8 : 16)));
      nodes.push(element("text", { x: middle, y: low, "text-anchor": "middle" }, text));
      map.solidTitles.push({ x0: middle - reach, x1: middle + reach, y0: low - 11, y1: low + 4 });
    }
  }
  svg.replaceChildren(...nodes);
}

const solidMethods = {
  showSolid() {
    if (!hasWebGL()) {
      this.say(NO_WEBGL);
      return;
    }
    const { points, fill, radius, theme, width, height, revision } = this;
    const telling = [points.places, fill, radius, theme.paper, width, height, revision];
    if (!sameList(telling, this.told.telling)) {
      this.told = { telling };
      this.syncSolid();
    } else this.namesAreOld = true;
    this.watchCamera();
  },

  syncSolid() {
    const { traces, layout } = plotlySolidFigure(this);
    this.nodes = null;
    this.drawing = this.plotly.react(this.plot, traces, layout, SOLID_CONFIG);
    this.cameraSeen = null;
  },

  /** Plotly moves its camera in frames of its own. */
  watchCamera() {
    cancelAnimationFrame(this.watching);
    const look = () => {
      if (!this.isSolid) return;
      this.watching = requestAnimationFrame(look);
      const scene = sceneOf(this.plot);
      if (!scene?.glplot || !this.width) return;
      const { view, projection, model } = scene.glplot.cameraParams;
      const seen = [...view, ...projection, ...model].join();
      const turned = seen !== this.cameraSeen;
      this.cameraSeen = seen;
      if (turned) this.followCamera(scene);
      else if (this.namesAreOld) this.placeSolidNames();
    };
    look();
  },

  followCamera(scene) {
    const { points, width, height } = this;
    const project = cameraOf(scene, width, height);
    const [px, py, depth] = [0, 1, 2].map(() => new Float64Array(points.n));
    for (let i = 0; i < points.n; i++) [px[i], py[i], depth[i]] = project(points.x[i], points.y[i], points.z[i]);
    Object.assign(this, { px, py, depth });
    drawSolidFrame(this.under, this, project);
    this.namesAreOld = true;
    if (performance.now() - (this.namesTime ?? 0) > 160) this.placeSolidNames();
    else drawOver(this.over, this);
    showCard(this.card, this);
    this.root.dataset.turned = "true";
  },

  placeSolidNames() {
    this.namesTime = performance.now();
    this.namesAreOld = false;
    this.placeNames(this.px, this.py);
    drawOver(this.over, this);
  },

  turnSolid(dx, dy) {
    const { turn, tilt } = this.camera;
    this.moveCamera({
      turn: turn - (dx / this.height) * Math.PI,
      tilt: within(tilt + (dy / this.height) * Math.PI, -1.5, 1.5),
    });
  },

  zoomSolid(factor) {
    this.moveCamera({ distance: within(this.camera.distance / factor, 0.25, 6) });
  },

  moveCamera(change) {
    if (!this.points?.n || !hasWebGL()) return;
    this.camera = { ...this.camera, ...change };
    cancelAnimationFrame(this.painting);
    this.painting = requestAnimationFrame(() => {
      this.plotly.relayout(this.plot, { "scene.camera": plotlyCamera(this) });
    });
  },
};
