/* Names as text: they are data, and may hold anything. */

const measuringContext = document.createElement("canvas").getContext("2d");
const measuredWidths = new Map();
const numbers = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const counts = new Intl.NumberFormat("en");
const rowCount = (rows) => `${counts.format(rows)} ${rows === 1 ? "row" : "rows"}`;
const categoryCount = (n) => `${counts.format(n)} ${n === 1 ? "category" : "categories"}`;

/** A category name as one short line of text; never markup, never longer than `limit` characters. */
function shortName(name, limit) {
  if (name.trim() === "") return `"${name.slice(0, 3)}"`;
  // Marks that turn the order of letters around are shown instead of obeyed; what XML cannot hold is replaced.
  const plain = name
    .slice(0, 4 * limit)
    .replace(/[\u0000-\u001f\u007f\u2028\u2029]/g, " ")
    .replace(/[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g, "◇")
    .replace(/[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, "\ufffd");
  const characters = Array.from(plain); // code points, so that a cut never leaves half an emoji
  if (characters.length <= limit && name.length <= 4 * limit) return characters.join("");
  return characters.slice(0, limit - 1).join("").trimEnd() + "…";
}

/** A short name inside a sentence, which its own direction of writing must not turn around. */
const quoted = (name, limit) => `\u2068${shortName(name, limit)}\u2069`;

function textWidth(text, font) {
  const id = font + "\n" + text;
  let width = measuredWidths.get(id);
  if (width === undefined) {
    if (measuredWidths.size > 20000) measuredWidths.clear();
    measuringContext.font = font;
    width = measuringContext.measureText(text).width;
    measuredWidths.set(id, width);
  }
  return width;
}
