/* From what Python sent to what can be drawn: points, colours of the theme, the view. Pure functions. */

const MARKER = { least: 5, most: 22 };
const SCALES = {
  light: ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#a5d63a"],
  dark: ["#5a4a9a", "#4a63a5", "#31788e", "#26908c", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
};
const numbers = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const counts = new Intl.NumberFormat("en");

/* ---- what Python sent ---- */

/** The points biggest first, so that small ones are drawn on top and a lower number means more support. */
function readPoints(data) {
  const order = data.labels.map((_, i) => i).sort((a, b) => data.support[b] - data.support[a] || a - b);
  const rank = new Int32Array(order.length);
  order.forEach((i, k) => (rank[i] = k));
  const pick = (values) => order.map((i) => values[i]);
  const support = pick(data.support);
  const weight = supportWeights(support);
  return {
    n: order.length,
    labels: pick(data.labels),
    x: Float64Array.from(pick(data.x)),
    y: Float64Array.from(pick(data.y)),
    support,
    weight,
    color: data.color && pick(data.color),
    selected: data.selected === null ? -1 : rank[data.selected],
    neighbors: data.neighbors.map(([i, distance]) => [rank[i], distance]),
  };
}

/** Support on a log scale, 0 to 1; all one half when every category has the same. */
function supportWeights(support) {
  const logs = support.map((rows) => Math.log1p(Math.max(0, rows)));
  const least = logs.at(-1) ?? 0;
  const span = (logs[0] ?? 0) - least;
  return logs.map((value) => (span > 1e-9 ? (value - least) / span : 0.4));
}

const sameList = (a, b) => a === b || (a && b && a.length === b.length && a.every((value, i) => value === b[i]));

/** A number for each colour, 0 to 1, between the bulk's ends: a few far values must not make all others one colour. */
function colorDomain(color) {
  const known = color.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const cut = known.length >= 50 ? Math.floor(known.length * 0.02) : 0;
  const low = known[cut];
  const high = known[known.length - 1 - cut];
  return { low, high, below: known[0] < low, above: known.at(-1) > high, missing: known.length < color.length };
}

/* ---- colours of the theme ---- */

function readTheme(element) {
  const css = getComputedStyle(element);
  const value = (name, fallback) => {
    const text = css.getPropertyValue(name).trim();
    return text && text !== "unset" ? text : fallback;
  };
  const paper = value("--st-background-color", "#fbfaf7");
  const dark = lightness(paper) < 0.45;
  return {
    dark,
    paper,
    ink: value("--st-text-color", dark ? "#e6ecef" : "#1d2a33"),
    accent: value("--st-primary-color", dark ? "#4cc3d1" : "#0b6e7f"),
    font: value("--st-font", "sans-serif"),
    missing: dark ? "#6c7880" : "#a4a8a8",
    scale: SCALES[dark ? "dark" : "light"],
  };
}

function channels(color) {
  measuringContext.fillStyle = "#000";
  measuringContext.fillStyle = color;
  const text = measuringContext.fillStyle;
  if (text[0] === "#") return [1, 3, 5].map((i) => parseInt(text.slice(i, i + 2), 16));
  return text.match(/[\d.]+/g).slice(0, 3).map(Number);
}

function lightness(color) {
  const [r, g, b] = channels(color);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

function scaleColor(scale, t) {
  const at = Math.min(1, Math.max(0, t)) * (scale.length - 1);
  const k = Math.min(scale.length - 2, Math.floor(at));
  const [a, b] = [channels(scale[k]), channels(scale[k + 1])];
  return a.map((value, i) => Math.round(value + (b[i] - value) * (at - k)));
}

/** Fill of every point as "rgba(...)": opacity follows support, a missing value is all but empty. */
function fills(points, domain, theme) {
  const accent = channels(theme.accent);
  const missing = channels(theme.missing);
  const steps = Array.from({ length: 65 }, (_, k) => scaleColor(theme.scale, k / 64));
  return points.weight.map((weight, i) => {
    let rgb = accent;
    if (points.color) {
      const value = points.color[i];
      const span = domain ? domain.high - domain.low : 0;
      const t = span > 0 ? (value - domain.low) / span : 0.5;
      if (value === null) return `rgba(${missing.join(",")},0.16)`;
      rgb = steps[Math.round(64 * Math.min(1, Math.max(0, t)))];
    }
    return `rgba(${rgb.join(",")},${(0.45 + 0.5 * weight).toFixed(2)})`;
  });
}

/** Paper around every point, so that overlapping ones can be told apart; grey around one without a value. */
function outlines({ color }, theme) {
  if (!color?.includes(null)) return theme.paper;
  return color.map((value) => (value === null ? theme.missing : theme.paper));
}

/* ---- the view ---- */

function boundsOf(points) {
  if (points.n === 0) return { x0: 0, x1: 1, y0: 0, y1: 1 };
  const box = { x0: Infinity, x1: -Infinity, y0: Infinity, y1: -Infinity };
  for (let i = 0; i < points.n; i++) {
    box.x0 = Math.min(box.x0, points.x[i]);
    box.x1 = Math.max(box.x1, points.x[i]);
    box.y0 = Math.min(box.y0, points.y[i]);
    box.y1 = Math.max(box.y1, points.y[i]);
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
