/* Colours: the theme's, the scales, and the fill of every point. */

/** @import { Domain, Hides, Points, Theme, Tint } from "./types.d.ts" */

import { NONE } from "./data.js";
import { measuringContext } from "./measuring.js";
import { within } from "./view.js";

const SCALES = {
  light: ["#440154", "#482878", "#3e4989", "#31688e", "#26828e", "#1f9e89", "#35b779", "#6ece58", "#a5d63a"],
  dark: ["#5a4a9a", "#4a63a5", "#31788e", "#26908c", "#1f9e89", "#35b779", "#6ece58", "#b5de2b", "#fde725"],
};
/* Blue below, ochre above, and near zero a grey that stands off the paper. */
const DIVERGING = {
  light: ["#124e78", "#3d7ba6", "#86adc6", "#bdbcb5", "#cfa455", "#b0761a", "#7a4b06"],
  dark: ["#6fb7ea", "#5592bd", "#4c6f88", "#6d6e6a", "#94733a", "#c8953a", "#f2c768"],
};
/* Twelve. On light paper Tol's "muted" with three of Okabe and Ito's kind; on dark his "light" with four more. */
const GROUPS = {
  light: [
    "#332288",
    "#cc6677",
    "#117733",
    "#88ccee",
    "#ddaa33",
    "#882255",
    "#44aa99",
    "#999933",
    "#aa4499",
    "#0072b2",
    "#d55e00",
    "#661100",
  ],
  dark: [
    "#77aadd",
    "#ee8866",
    "#44bb99",
    "#eedd88",
    "#ffaabb",
    "#99ddff",
    "#bbcc33",
    "#aaaa00",
    "#b79ad0",
    "#e0607e",
    "#5b8def",
    "#c8a27a",
  ],
};
const AWAY = 0.16; // of the opacity of what is outside the lit area
const STEPS = 64; // of a colour scale

/**
 * The theme of a page, read from what Streamlit says of it in custom properties.
 *
 * @param {(name: string) => string} property The value of a custom property, "" where there is none.
 * @returns {Theme}
 */
export function themeOf(property) {
  const value = (/** @type {string} */ name, /** @type {string} */ fallback) => {
    const text = property(name).trim();
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

/**
 * Red, green and blue of a colour in any notation of CSS.
 *
 * @param {string} color
 * @returns {number[]}
 */
export function channels(color) {
  const text = /^#[0-9a-f]{6}$/i.test(color) ? color : plainColor(color);
  if (text[0] === "#") return [1, 3, 5].map((i) => Number.parseInt(text.slice(i, i + 2), 16));
  return rgba(text).slice(0, 3);
}

/** @param {string} color */
function plainColor(color) {
  const measuring = measuringContext();
  measuring.fillStyle = "#000";
  measuring.fillStyle = color;
  return measuring.fillStyle;
}

/**
 * The numbers in "rgba(…)".
 *
 * @param {string} fill
 */
export const rgba = (fill) => (fill.match(/[\d.]+/g) ?? []).map(Number);

/** @param {string} color */
function lightness(color) {
  const [r, g, b] = channels(color);
  return (0.299 * r + 0.587 * g + 0.114 * b) / 255;
}

/**
 * The colour a share of the way along a scale.
 *
 * @param {string[]} scale
 * @param {number} t
 */
export function scaleColor(scale, t) {
  const at = within(t, 0, 1) * (scale.length - 1);
  const k = Math.min(scale.length - 2, Math.floor(at));
  const [a, b] = [channels(scale[k]), channels(scale[k + 1])];
  return a.map((value, i) => Math.round(value + (b[i] - value) * (at - k)));
}

/**
 * What the ends of the scale stand for: those of the bulk, as a few far values must not make all others one colour;
 * as far below zero as above when the scale diverges.
 *
 * @param {(number | null)[]} color
 * @param {boolean} diverges
 * @returns {Domain | null}
 */
export function colorDomain(color, diverges) {
  const known = color.filter((value) => value !== null).sort((a, b) => a - b);
  if (known.length === 0) return null;
  const cut = known.length >= 50 ? Math.floor(known.length * 0.02) : 0;
  let [low, high] = [known[cut], known[known.length - 1 - cut]];
  if (diverges) [low, high] = [-1, 1].map((sign) => sign * Math.max(Math.abs(low), Math.abs(high)));
  const below = known[0] < low;
  const above = known[known.length - 1] > high;
  return { low, high, below, above, missing: known.length < color.length };
}

/**
 * A function from a point to its colour, or to null when there is nothing to colour it by.
 *
 * @param {Tint} tint
 * @param {Domain | null} domain
 * @param {Theme} theme
 * @param {boolean} diverges
 * @returns {(i: number) => number[] | null}
 */
export function colorOf({ color, groups }, domain, theme, diverges) {
  if (groups) {
    const palette = theme.groups.map(channels);
    const others = channels(theme.others);
    return (i) => (groups.code[i] === NONE ? null : (palette[groups.code[i]] ?? others));
  }
  if (!color) {
    const accent = channels(theme.accent);
    return () => accent;
  }
  const scale = diverges ? theme.diverging : theme.scale;
  const steps = Array.from({ length: STEPS + 1 }, (_, k) => scaleColor(scale, k / STEPS));
  return (i) => {
    const value = color[i];
    if (value === null || !domain) return null;
    const span = domain.high - domain.low;
    return steps[Math.round(STEPS * within(span > 0 ? (value - domain.low) / span : 0.5, 0, 1))];
  };
}

/**
 * Fill of every point as "rgba(...)": opacity follows support, a missing value is all but empty.
 *
 * @param {Pick<Points, "weight" | "fade">} points
 * @param {(i: number) => number[] | null} hue
 * @param {Theme} theme
 * @param {{ isHidden: Hides, isAway: Hides }} area
 */
export function fills({ weight, fade }, hue, theme, { isHidden, isAway }) {
  const missing = channels(theme.missing);
  return weight.map((each, i) => {
    const rgb = hue(i);
    const full = rgb ? 0.45 + 0.5 * each : 0.16;
    const trust = fade ? 0.12 + 0.88 * fade[i] : 1;
    const alpha = isHidden(i) ? 0 : full * trust * (isAway(i) ? AWAY : 1);
    return `rgba(${(rgb ?? missing).join(",")},${alpha.toFixed(2)})`;
  });
}

/**
 * Paper around every point, so that overlapping ones are seen as two; grey around one without a value.
 *
 * @param {number} n
 * @param {Tint} tint
 * @param {Theme} theme
 * @param {{ isHidden: Hides, isAway: Hides }} area
 */
export function outlines(n, { color, groups }, theme, { isHidden, isAway }) {
  const isMissing = (/** @type {number} */ i) => (groups ? groups.code[i] === NONE : color?.[i] === null);
  return Array.from({ length: n }, (_, i) => {
    if (isHidden(i)) return "rgba(0,0,0,0)";
    return isMissing(i) && !isAway(i) ? theme.missing : theme.paper;
  });
}

/**
 * Many points have thin outlines.
 *
 * @param {number} n
 */
export const outlineWidth = (n) => (n > 600 ? 0.6 : 0.9);

/**
 * A fill without transparency, which Plotly's 3-D markers draw as light.
 *
 * @param {string} fill
 * @param {number[]} paper
 */
export function opaque(fill, paper) {
  const [r, g, b, alpha] = rgba(fill);
  const share = 0.25 + 0.75 * alpha;
  return `rgb(${[r, g, b].map((value, k) => Math.round(value * share + paper[k] * (1 - share))).join(",")})`;
}
