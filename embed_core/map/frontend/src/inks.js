/* Colours and letters that every reader of drawings knows: CSS 2 has no color() and no transparent colours. */

const canvas = () => {
  const made = document.createElement("canvas");
  made.width = made.height = 1;
  return made.getContext("2d", { willReadFrequently: true });
};
/** @type {CanvasRenderingContext2D | null} */
let pixel = null;
/** @type {Map<string, { color: string, opacity: number }>} */
const known = new Map();

/**
 * A colour in any notation as "#rrggbb" and an opacity; "none" stays.
 *
 * @param {string} color
 */
export function plainInk(color) {
  if (!color || color === "none" || color.startsWith("url(")) return { color: color || "none", opacity: 1 };
  const found = known.get(color);
  if (found) return found;
  pixel ??= canvas();
  if (!pixel) return { color, opacity: 1 };
  pixel.clearRect(0, 0, 1, 1);
  pixel.fillStyle = "#000";
  pixel.fillStyle = color;
  pixel.fillRect(0, 0, 1, 1);
  const [r, g, b, alpha] = pixel.getImageData(0, 0, 1, 1).data;
  const hex = [r, g, b].map((value) => value.toString(16).padStart(2, "0")).join("");
  const ink = { color: `#${hex}`, opacity: Math.round((1000 * alpha) / 255) / 1000 };
  known.set(color, ink);
  return ink;
}

/** @param {Blob} blob @returns {Promise<string>} */
const asData = (blob) =>
  new Promise((resolve, reject) => {
    const reader = new FileReader();
    reader.onload = () => resolve(String(reader.result));
    reader.onerror = () => reject(reader.error);
    reader.readAsDataURL(blob);
  });

/** @param {string} family */
const bare = (family) => family.trim().replace(/^["']|["']$/g, "");

// One of these is on nearly every machine: readers that take no letters from inside a drawing, and know no generic
// family, would show no text at all.
const ON_MACHINES = [
  ...["Source Sans 3", "Segoe UI", "Helvetica Neue", "Helvetica", "Arial"],
  ...["Liberation Sans", "DejaVu Sans", "Noto Sans"],
];

/**
 * A list of families with some before the generic one that are on other machines.
 *
 * @param {string} families As in CSS.
 */
export function readableFamilies(families) {
  const named = families.split(",").map(bare);
  const generic = named.findIndex((family) => /^(sans-serif|serif|monospace|system-ui|ui-.*)$/.test(family));
  const own = generic < 0 ? named : named.slice(0, generic);
  const more = ON_MACHINES.filter((family) => !own.includes(family));
  return [...[...own, ...more].map((family) => `'${family}'`), "sans-serif"].join(", ");
}

/**
 * The faces of a family that this page has, with their letters inside: a picture looks the same wherever it is opened
 * by what knows fonts in drawings, and has exact widths of text for what does not.
 *
 * @param {string} families As in CSS; the first is taken.
 */
export async function embeddedFaces(families) {
  const family = bare(families.split(",")[0]);
  const rules = [...document.styleSheets].flatMap(rulesOf);
  const faces = rules.filter(
    (rule) => rule instanceof CSSFontFaceRule && bare(rule.style.getPropertyValue("font-family")) === family,
  );
  const upright = faces.find((rule) => !/italic/.test(rule.cssText));
  const address = upright && /url\(["']?([^"')]+)["']?\)/.exec(upright.cssText)?.[1];
  if (!address) return "";
  try {
    const base = upright.parentStyleSheet?.href ?? document.baseURI;
    const answer = await fetch(new URL(address, base));
    if (!answer.ok) return "";
    const data = await asData(await answer.blob());
    return `@font-face{font-family:"${family}";font-weight:200 900;src:url(${data})}`;
  } catch {
    return "";
  }
}

/** @param {CSSStyleSheet} sheet @returns {CSSRule[]} */
function rulesOf(sheet) {
  try {
    return [...sheet.cssRules];
  } catch {
    return []; // of another origin
  }
}
