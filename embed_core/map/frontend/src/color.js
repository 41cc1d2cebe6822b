/* Colours: the theme's, the scales, and the fill of every point. */

const SCALES = {
  light: ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#a5d63a"],
  dark: ["#5a4a9a", "#4a63a5", "#31788e", "#26908c", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
};
/* Blue below, ochre above, and near zero a grey that stands off the paper. */
const DIVERGING = {
  light: ["#124e78", "#3d7ba6", "#86adc6", "#bdbcb5", "#cfa455", "#b0761a", "#7a4b06"],
  dark: ["#6fb7ea", "#5592bd", "#4c6f88", "#6d6e6a", "#94733a", "#c8953a", "#f2c768"],
};
/* Tol's "muted" on light paper; his "light" with one violet more on dark. */
const GROUPS = {
  light: ["#332288", "#cc6677", "#117733", "#88ccee", "#ddaa33", "#882255", "#44aa99", "#999933", "#aa4499"],
  dark: ["#77aadd", "#ee8866", "#44bb99", "#eedd88", "#ffaabb", "#99ddff", "#bbcc33", "#aaaa00", "#b79ad0"],
};
const AWAY = 0.16; // of the opacity of what is outside the lit area

function readTheme(element) {
  const css = getComputedStyle(element);
  const value = (name, fallback) => {
    const text = css.getPropertyValue(name).trim();
    return text && text !== "unset" ? text : fallback;
  };
  const paper = value("--st-background-color", "#fbfaf7");
  const shade = lightness(paper) < 0.45 ? "dark" : "light";
  const dark = shade === "dark";
  return {
    dark,
    paper,
    ink: value("--st-text-color", dark ? "#e6ecef" : "#1d2a33"),
    accent: value("--st-primary-color", dark ? "#4cc3d1" : "#0b6e7f"),
    font: value("--st-font", "sans-serif"),
    missing: dark ? "#6c7880" : "#a4a8a8",
    others: dark ? "#8d979d" : "#7d8587",
    scale: SCALES[shade],
    diverging: DIVERGING[shade],
    groups: GROUPS[shade],
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

/**
 * What the ends of the scale stand for: those of the bulk, as a few far values must not make all others one colour;
 * as far below zero as above when the scale diverges.
 */
function colorDomain(color, diverges) {
  const known = color.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const cut = known.length >= 50 ? Math.floor(known.length * 0.02) : 0;
  let [low, high] = [known[cut], known[known.length - 1 - cut]];
  if (diverges) [low, high] = [-1, 1].map((sign) => sign * Math.max(Math.abs(low), Math.abs(high)));
  return { low, high, below: known[0] < low, above: known.at(-1) > high, missing: known.length < color.length };
}

/** A function from a point to its colour, or to null when there is nothing to colour it by. */
function colorOf({ color, groups }, domain, theme, diverges) {
  if (groups) {
    const palette = theme.groups.map(channels);
    const others = channels(theme.others);
    return (i) => (groups.code[i] === 65535 ? null : (palette[groups.code[i]] ?? others));
  }
  if (!color) {
    const accent = channels(theme.accent);
    return () => accent;
  }
  const scale = diverges ? theme.diverging : theme.scale;
  const steps = Array.from({ length: 65 }, (_, k) => scaleColor(scale, k / 64));
  const span = domain ? domain.high - domain.low : 0;
  return (i) => {
    if (color[i] === null) return null;
    const t = span > 0 ? (color[i] - domain.low) / span : 0.5;
    return steps[Math.round(64 * Math.min(1, Math.max(0, t)))];
  };
}

/** Choosing what colours the points, below the map. */
const coloringMethods = {
  /** Colour by what Python or the person has chosen, of what this browser has. */
  setColoring(name) {
    const { points } = this;
    this.coloring = this.data.colorings.find((each) => each.name === name) ?? { name: "", title: "", scale: "sequential" };
    Object.assign(points, { color: null, groups: null, ...points.tints[this.coloring.name] });
    this.domain = points.color && colorDomain(points.color, this.coloring.scale === "diverging");
  },

  takeColoring(data) {
    const isUnheard = this.coloring && this.isUnheard(this.sentColor, data.heard.color);
    this.setColoring(isUnheard ? this.coloring.name : data.colored);
    const { colorings } = data;
    this.choice.parentElement.hidden = !data.colors;
    const options = JSON.stringify(colorings.map(({ name, label }) => [name, label]));
    if (this.choice.dataset.options !== options) {
      this.choice.replaceChildren(...colorings.map(({ name, label }) => new Option(shortName(label, 40), name)));
      this.choice.dataset.options = options;
    }
    if (!isUnheard) this.choice.value = this.coloring.name;
  },

  chooseColoring(name) {
    this.sentColor = Math.max(Date.now(), this.sentColor + 1);
    this.emit("color", { color: name, serial: this.sentColor });
    if (this.data.colorings.find((each) => each.name === name)?.waits) return;
    this.setColoring(name);
    drawFooter(this.footer, this);
    this.recolor();
    if (this.isSolid) this.showSolid();
    showCard(this.card, this);
  },
};

/** Fill of every point as "rgba(...)": opacity follows support, a missing value is all but empty. */
function fills(map) {
  const { points, theme } = map;
  const hue = colorOf(points, map.domain, theme, map.coloring.scale === "diverging");
  const missing = channels(theme.missing);
  return points.weight.map((weight, i) => {
    const rgb = hue(i);
    const full = rgb ? 0.45 + 0.5 * weight : 0.16;
    const trust = points.fade ? 0.12 + 0.88 * points.fade[i] : 1;
    const alpha = map.isHidden(i) ? 0 : full * trust * (map.isAway(i) ? AWAY : 1);
    return `rgba(${(rgb ?? missing).join(",")},${alpha.toFixed(2)})`;
  });
}

/** Paper around every point, so that overlapping ones can be told apart; grey around one without a value. */
function outlines(map) {
  const { points, theme } = map;
  const isMissing = (i) => (points.groups ? points.groups.code[i] === 65535 : points.color?.[i] === null);
  return points.weight.map((_, i) => {
    if (map.isHidden(i)) return "rgba(0,0,0,0)";
    return isMissing(i) && !map.isAway(i) ? theme.missing : theme.paper;
  });
}
