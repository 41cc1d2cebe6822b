/* What only a browser's canvas knows: how wide a text is, and which colour a word of CSS means. */

/** @type {CanvasRenderingContext2D | null} */
let context = null;
/** @type {Map<string, number>} */
const widths = new Map();

export function measuringContext() {
  context ??= /** @type {CanvasRenderingContext2D} */ (document.createElement("canvas").getContext("2d"));
  return context;
}

/** @param {string} text @param {string} font */
export function textWidth(text, font) {
  const id = `${font}\n${text}`;
  let width = widths.get(id);
  if (width === undefined) {
    if (widths.size > 20000) widths.clear();
    const measuring = measuringContext();
    measuring.font = font;
    width = measuring.measureText(text).width;
    widths.set(id, width);
  }
  return width;
}
