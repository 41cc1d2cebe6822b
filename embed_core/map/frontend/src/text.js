/* Names as text: they are data, and may hold anything. */

export const numbers = new Intl.NumberFormat("en", { maximumSignificantDigits: 4 });
const fewDigits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });
export const counts = new Intl.NumberFormat("en");

/**
 * How far apart two categories are; what is hardly more than nothing is said to be so, and not in twenty digits.
 *
 * @param {number} distance
 */
export const apart = (distance) =>
  distance > 0 && distance < 0.0001 ? "< 0.0001" : fewDigits.format(distance);

/** @param {number} rows */
export const rowCount = (rows) => `${counts.format(rows)} ${rows === 1 ? "row" : "rows"}`;

/** @param {number} n */
export const categoryCount = (n) => `${counts.format(n)} ${n === 1 ? "category" : "categories"}`;

// The three classes hold, in order, what breaks a line, what turns the order of letters around, and half a character.
const BREAKS = /[\p{Cc}\u2028\u2029]/gu;
const TURNS = /[\u200e\u200f\u061c\u202a-\u202e\u2066-\u2069]/g;
const BROKEN = /[\ufffe\uffff]|[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g;

/**
 * A category name as one short line of text; never markup, never longer than `limit` characters.
 *
 * @param {string} name
 * @param {number} limit
 */
export function shortName(name, limit) {
  if (name.trim() === "") return `"${name.slice(0, 3)}"`;
  // Marks that turn the order of letters around are shown instead of obeyed; what XML cannot hold is replaced.
  const plain = name
    .slice(0, 4 * limit)
    .replace(BREAKS, " ")
    .replace(TURNS, "◇")
    .replace(BROKEN, "\ufffd");
  const characters = Array.from(plain); // code points, so that a cut never leaves half an emoji
  if (characters.length <= limit && name.length <= 4 * limit) return characters.join("");
  return `${characters
    .slice(0, limit - 1)
    .join("")
    .trimEnd()}…`;
}

/**
 * A short name inside a sentence, which its own direction of writing must not turn around.
 *
 * @param {string} name
 * @param {number} limit
 */
export const quoted = (name, limit) => `\u2068${shortName(name, limit)}\u2069`;

/**
 * The name of a file for a picture with this title.
 *
 * @param {string} title
 */
export const fileName = (title) =>
  title
    .normalize("NFC")
    .replace(/[^\p{L}\p{N}]+/gu, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60) || "map";
