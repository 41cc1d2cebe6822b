/* A map in three dimensions: Plotly draws the cloud; the camera is turned here, and everything around the points
 * follows it.
 *
 * `_fullLayout.scene._scene` is Plotly's own business. It is read here and nowhere else, as nothing public says where on
 * the screen a point of a 3-D scene is.
 */

/** @import { CategoryMap } from "./map.js" */
/** @import { Box, Camera, Project } from "./types.d.ts" */

import { approached, extent, FIRST_CAMERA, plotlyCamera, projection, seeing, turned } from "./camera.js";
import { element } from "./elements.js";
import { textWidth } from "./measuring.js";
import { hasWebGL, solidFigure } from "./plotly.js";
import { shortName } from "./text.js";
import { within } from "./view.js";

const CONFIG = { displayModeBar: false, showTips: false };
const NAMES_DELAY = 160; // milliseconds; while the camera turns, names need not find new places in every frame
const NO_WEBGL =
  "A map in three dimensions needs WebGL, which this browser does not offer. In two dimensions it can be shown.";

const sceneOf = (/** @type {any} */ plot) => plot._fullLayout?.scene?._scene;

export class Solid {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.isOn = false;
    /** @type {Camera} */
    this.camera = FIRST_CAMERA;
    /** The camera's matrices when the points were last put on the screen. */
    this.cameraSeen = "";
    this.namesAreOld = false;
    this.watching = 0;
    this.painting = 0;
    /** Where the titles of the axes are, which no name may cover. @type {Box[]} */
    this.titles = [];
  }

  stop() {
    cancelAnimationFrame(this.watching);
    cancelAnimationFrame(this.painting);
  }

  show() {
    const { points, marks, theme, paper, drawing, revision } = this.map;
    if (!hasWebGL()) {
      this.map.say(NO_WEBGL);
      return;
    }
    const { fill, radius } = marks;
    const { width, height } = paper;
    const ingredients = { places: points.places, fill, radius, ground: theme.paper, width, height, revision };
    if (drawing.isMadeOf(ingredients)) this.namesAreOld = true;
    else {
      drawing.madeOf = ingredients;
      const { trace, layout } = solidFigure(this.map);
      drawing.draw(trace, layout, CONFIG);
      this.map.flat.forget();
      this.cameraSeen = "";
    }
    this.watchCamera();
  }

  /** Plotly moves its camera in frames of its own. */
  watchCamera() {
    cancelAnimationFrame(this.watching);
    const look = () => {
      if (!this.isOn) return;
      this.watching = requestAnimationFrame(look);
      const scene = sceneOf(this.map.elements.plot);
      if (!scene?.glplot || !this.map.paper.width) return;
      const { view, projection, model } = scene.glplot.cameraParams;
      const seen = [...view, ...projection, ...model].join();
      const hasTurned = seen !== this.cameraSeen;
      this.cameraSeen = seen;
      if (hasTurned) this.followCamera(projectionOf(scene, this.map.paper));
      else if (this.namesAreOld) this.placeNames();
    };
    look();
  }

  /** @param {Project} project */
  followCamera(project) {
    const { points, marks, names, root } = this.map;
    const { x, y, z } = points.places;
    const [px, py, depth] = [0, 1, 2].map(() => new Float64Array(points.n));
    for (let i = 0; i < points.n; i++) [px[i], py[i], depth[i]] = project(x[i], y[i], z?.[i] ?? 0);
    Object.assign(marks, { x: px, y: py, depth });
    this.drawFrame(project);
    this.namesAreOld = true;
    if (names.isDue(NAMES_DELAY)) this.placeNames();
    else this.map.drawOver();
    root.dataset.turned = "true";
  }

  placeNames() {
    const { marks, names } = this.map;
    this.namesAreOld = false;
    names.place(marks.x, marks.y);
    this.map.drawOver();
  }

  /**
   * The far sides of the box around the cloud, with titles at the three edges that meet in its farthest corner.
   *
   * @param {Project} project
   */
  drawFrame(project) {
    const { points, area, data, elements } = this.map;
    const { x, y, z } = points.places;
    const shown = points.labels.map((_, i) => i).filter((i) => !area.isHidden(i));
    const ends = [x, y, z ?? x].map((values) => [
      shown.reduce((least, i) => Math.min(least, values[i]), Infinity),
      shown.reduce((most, i) => Math.max(most, values[i]), -Infinity),
    ]);
    const corners = Array.from({ length: 8 }, (_, bits) =>
      project(ends[0][bits & 1], ends[1][(bits >> 1) & 1], ends[2][(bits >> 2) & 1]),
    );
    const byDistance = [0, 1, 2, 3, 4, 5, 6, 7].sort((a, b) => corners[a][2] - corners[b][2]);
    const [nearest, farthest] = [byDistance[0], byDistance[7]];
    /** @type {SVGElement[]} */
    const nodes = [];
    this.titles = [];
    for (let bits = 0; bits < 8; bits++) {
      for (let axis = 0; axis < 3; axis++) {
        const other = bits | (1 << axis);
        if (other === bits || bits === nearest || other === nearest) continue;
        const [[x1, y1], [x2, y2]] = [corners[bits], corners[other]];
        const isAxis = bits === farthest || other === farthest;
        nodes.push(element("line", { class: isAxis ? "atlas-axis" : "", x1, y1, x2, y2 }));
        if (!isAxis || !data.axes[axis]) continue;
        nodes.push(this.title(data.axes[axis], bits === farthest ? corners[other] : corners[bits]));
      }
    }
    elements.under.replaceChildren(...nodes);
  }

  /**
   * The title of an axis at the end of its edge.
   *
   * @param {string} title
   * @param {number[]} end
   */
  title(title, [x, y]) {
    const { paper, theme } = this.map;
    const text = shortName(title, 40);
    const reach = textWidth(text, `10px ${theme.font}`) / 2 + 6;
    const middle = within(x, reach, paper.width - reach);
    const low = within(y + (y < paper.height / 2 ? -8 : 16), 16, paper.height - 8);
    this.titles.push({ x0: middle - reach, x1: middle + reach, y0: low - 11, y1: low + 4 });
    return element("text", { x: middle, y: low, "text-anchor": "middle" }, text);
  }

  /** The camera that sees everything. */
  fitted() {
    const { points, area } = this.map;
    const { x, y, z } = points.places;
    const shown = points.labels.map((_, i) => i).filter((i) => !area.isHidden(i));
    return z && shown.length ? seeing(extent([x, y, z], shown).reach) : FIRST_CAMERA;
  }

  /** @param {number} dx @param {number} dy */
  turn(dx, dy) {
    this.moveCamera(turned(this.camera, dx, dy, this.map.paper));
  }

  /** @param {number} factor */
  zoom(factor) {
    this.moveCamera(approached(this.camera, factor));
  }

  /** @param {Camera} camera */
  moveCamera(camera) {
    const { points, drawing, paper } = this.map;
    if (!points.n || !hasWebGL()) return;
    this.camera = camera;
    cancelAnimationFrame(this.painting);
    this.painting = requestAnimationFrame(() => {
      drawing.change({ "scene.camera": plotlyCamera(this.camera, paper) });
    });
  }
}

/** @param {any} scene Plotly's. @param {import("./types.d.ts").Size} size */
const projectionOf = (scene, size) => projection(scene.glplot.cameraParams, scene.dataScale, size);
