/* Plotly: loaded once a page, and told what to draw. */

const SVG_POINTS = 1500; // above this Plotly draws with WebGL

function hasWebGL() {
  window.categoryAtlasWebGL ??= Boolean(document.createElement("canvas").getContext("webgl"));
  return window.categoryAtlasWebGL;
}

function loadPlotly() {
  window.categoryAtlasPlotly ??= new Promise((resolve, reject) => {
    const script = document.createElement("script");
    script.src = new URL("app/static/plotly.min.js", document.baseURI).href;
    script.onload = () => (window.Plotly ? resolve(window.Plotly) : script.onerror());
    script.onerror = () => {
      delete window.categoryAtlasPlotly;
      reject(new Error("plotly.min.js did not load"));
    };
    document.head.append(script);
  });
  return window.categoryAtlasPlotly;
}

function plotlyRanges({ view, width, height }) {
  return {
    "xaxis.range": [view.x - (width / 2) * view.unit, view.x + (width / 2) * view.unit],
    "yaxis.range": [view.y - (height / 2) * view.unit, view.y + (height / 2) * view.unit],
  };
}

const paperLayout = ({ width, height }) => ({
  width,
  height,
  margin: { l: 0, r: 0, t: 0, b: 0 },
  paper_bgcolor: "rgba(0,0,0,0)",
  plot_bgcolor: "rgba(0,0,0,0)",
  showlegend: false,
  hovermode: false,
});

/** The whole map as Plotly wants it. Names are not among what it draws: it would read markup in them. */
function plotlyFigure(map) {
  const { points } = map;
  const ranges = plotlyRanges(map);
  const axis = { visible: false, fixedrange: true };
  const trace = {
    type: points.n > SVG_POINTS && hasWebGL() ? "scattergl" : "scatter",
    mode: "markers",
    x: Array.from(points.x),
    y: Array.from(points.y),
    customdata: points.labels,
    hoverinfo: "skip",
    marker: {
      size: map.radius.map((r) => 2 * r),
      color: map.fill,
      opacity: 1,
      line: { width: outlineWidth(points), color: outlines(map) },
    },
  };
  const layout = {
    ...paperLayout(map),
    xaxis: { ...axis, range: ranges["xaxis.range"] },
    yaxis: { ...axis, range: ranges["yaxis.range"] },
  };
  return { traces: [trace], layout };
}

const outlineWidth = ({ n }) => (n > 600 ? 0.6 : 0.9);

/** A fill without transparency, which Plotly's 3-D markers draw as light. */
function onPaper(fill, paper) {
  const [r, g, b, alpha] = fill.match(/[\d.]+/g).map(Number);
  const share = 0.25 + 0.75 * alpha;
  return `rgb(${[r, g, b].map((value, k) => Math.round(value * share + paper[k] * (1 - share))).join(",")})`;
}

/** A cloud that can be turned. Its frame and names are drawn over it, from the places where Plotly's camera puts them. */
function plotlySolidFigure(map) {
  const { points } = map;
  const shown = Array.from({ length: points.n }, (_, i) => i).filter((i) => !map.isHidden(i));
  const pick = (values) => shown.map((i) => values[i]);
  const trace = {
    type: "scatter3d",
    mode: "markers",
    x: pick(points.x),
    y: pick(points.y),
    z: pick(points.z),
    customdata: pick(points.labels),
    hoverinfo: "none",
    marker: {
      size: pick(map.radius).map((r) => 2 * r),
      color: pick(map.fill).map((fill) => onPaper(fill, channels(map.theme.paper))),
      opacity: 1,
      line: { width: 0.8, color: map.theme.paper },
    },
  };
  const axis = { visible: false, showspikes: false };
  const scene = {
    xaxis: axis,
    yaxis: axis,
    zaxis: axis,
    aspectmode: "data",
    dragmode: false,
    hovermode: false,
    camera: plotlyCamera(map),
  };
  return { traces: [trace], layout: { ...paperLayout(map), scene } };
}
