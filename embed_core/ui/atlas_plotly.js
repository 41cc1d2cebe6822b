/* Plotly: loaded once a page, and told what to draw. */

const SVG_POINTS = 1500; // above this Plotly draws with WebGL, and points jump instead of gliding
const hasWebGL = Boolean(document.createElement("canvas").getContext("webgl"));

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

/** The whole map as Plotly wants it. Names are not among what it draws: it would read markup in them. */
function plotlyFigure(map) {
  const { points, width, height, theme } = map;
  const ranges = plotlyRanges(map);
  const axis = { visible: false, fixedrange: true };
  const trace = {
    type: points.n > SVG_POINTS && hasWebGL ? "scattergl" : "scatter",
    mode: "markers",
    x: Array.from(points.x),
    y: Array.from(points.y),
    customdata: points.labels,
    hoverinfo: "skip",
    marker: {
      size: map.radius.map((r) => 2 * r),
      color: map.fill,
      opacity: 1,
      line: { width: points.n > 600 ? 0.6 : 0.9, color: outlines(points, theme) },
    },
  };
  const layout = {
    width,
    height,
    margin: { l: 0, r: 0, t: 0, b: 0 },
    paper_bgcolor: "rgba(0,0,0,0)",
    plot_bgcolor: "rgba(0,0,0,0)",
    showlegend: false,
    hovermode: false,
    uirevision: map.revision,
    xaxis: { ...axis, range: ranges["xaxis.range"] },
    yaxis: { ...axis, range: ranges["yaxis.range"] },
  };
  return { traces: [trace], layout };
}
