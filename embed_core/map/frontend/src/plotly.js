/* Plotly: loaded once a page, and what it is to draw. */

/** @import { Plotly, Size, View } from "./types.d.ts" */
/** @import { CategoryMap } from "./map.js" */

import { extent, plotlyCamera } from "./camera.js";
import { channels, opaque } from "./color.js";

const SVG_POINTS = 1500; // above this Plotly draws with WebGL

/** @type {boolean | null} */
let canWebGL = null;

export function hasWebGL() {
  canWebGL ??= Boolean(document.createElement("canvas").getContext("webgl"));
  return canWebGL;
}

/** @type {Promise<Plotly> | null} */
let loading = null;

/**
 * Plotly's library; it announces itself as a global of the page.
 *
 * @param {string} address Where its script is, as seen from the page.
 * @returns {Promise<Plotly>}
 */
export function loadPlotly(address) {
  loading ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    const fail = () => {
      loading = null;
      reject(new Error(`${address} did not load`));
    };
    script.src = new URL(address, document.baseURI).href;
    script.onload = () => {
      const { Plotly } = /** @type {{ Plotly?: Plotly }} */ (/** @type {unknown} */ (window));
      if (Plotly) resolve(Plotly);
      else fail();
    };
    script.onerror = fail;
    document.head.append(script);
  });
  return loading;
}

/** What Plotly draws of a map, and what it has been given to draw. */
export class PlotlyDrawing {
  /** @param {HTMLElement} plot */
  constructor(plot) {
    this.plot = plot;
    /** @type {Plotly | null} */
    this.library = null;
    /** What the drawing was made of, by name. @type {Record<string, unknown>} */
    this.madeOf = {};
    /** Fulfilled when Plotly has done what it was last asked for. @type {Promise<unknown>} */
    this.pending = Promise.resolve();
  }

  /** @param {string} address */
  async load(address) {
    this.library ??= await loadPlotly(address);
  }

  /** @param {Record<string, unknown>} ingredients */
  isMadeOf(ingredients) {
    return Object.entries(ingredients).every(([name, value]) => this.madeOf[name] === value);
  }

  /** @param {object} trace @param {object} layout @param {object} config */
  draw(trace, layout, config) {
    if (this.library) this.pending = this.library.react(this.plot, [trace], layout, config);
  }

  /** @param {object} change */
  change(change) {
    if (this.library) this.pending = this.library.relayout(this.plot, change);
  }

  /** Take the drawing away. */
  clear() {
    this.madeOf = {};
    this.library?.purge(this.plot);
  }

  /** Take the drawing away for good; not while Plotly is still at it. */
  stop() {
    this.pending.finally(() => this.library?.purge(this.plot));
  }
}

/** @param {View} view @param {Size} size */
export function plotlyRanges({ x, y, unit }, { width, height }) {
  return {
    "xaxis.range": [x - (width / 2) * unit, x + (width / 2) * unit],
    "yaxis.range": [y - (height / 2) * unit, y + (height / 2) * unit],
  };
}

/** @param {Size} size */
const paperLayout = ({ width, height }) => ({
  width,
  height,
  margin: { l: 0, r: 0, t: 0, b: 0 },
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  showlegend: false,
  hovermode: false,
});

/**
 * The whole flat map. Names are not among what Plotly draws: it would read markup in them.
 *
 * @param {CategoryMap} map
 */
export function flatFigure({ points, player, marks, paper }) {
  const ranges = plotlyRanges(paper.view, paper);
  const axis = { visible: false, fixedrange: true };
  const trace = {
    type: points.n > SVG_POINTS && hasWebGL() ? "scattergl" : "scatter",
    mode: "markers",
    x: Array.from(player.now.x),
    y: Array.from(player.now.y),
    customdata: points.labels,
    hoverinfo: "skip",
    marker: { size: marks.radius.map((r) => 2 * r), color: marks.fill, opacity: 1, line: marks.outline() },
  };
  const layout = {
    ...paperLayout(paper),
    xaxis: { ...axis, range: ranges["xaxis.range"] },
    yaxis: { ...axis, range: ranges["yaxis.range"] },
  };
  return { trace, layout };
}

/**
 * A cloud that can be turned. Its frame and names are drawn over it, from the places where Plotly's camera puts them.
 *
 * @param {CategoryMap} map
 */
export function solidFigure({ points, marks, area, theme, paper, solid }) {
  const shown = points.labels.map((_, i) => i).filter((i) => !area.isHidden(i));
  /** @template T @param {ArrayLike<T>} values */
  const pick = (values) => shown.map((i) => values[i]);
  const { x, y, z } = points.places;
  const ground = channels(theme.paper);
  const trace = {
    type: "scatter3d",
    mode: "markers",
    x: pick(x),
    y: pick(y),
    z: pick(z ?? []),
    customdata: pick(points.labels),
    hoverinfo: "none",
    marker: {
      size: pick(marks.radius).map((r) => 2 * r),
      color: pick(marks.fill).map((fill) => opaque(fill, ground)),
      opacity: 1,
      line: { width: 0.8, color: theme.paper },
    },
  };
  const [width, depth, height] = extent([x, y, z ?? []], shown).sides;
  const axis = { visible: false, showspikes: false };
  const scene = {
    xaxis: axis,
    yaxis: axis,
    zaxis: axis,
    aspectmode: "manual",
    aspectratio: { x: width, y: depth, z: height },
    dragmode: false,
    hovermode: false,
    camera: plotlyCamera(solid.camera, paper),
  };
  return { trace, layout: { ...paperLayout(paper), scene } };
}
