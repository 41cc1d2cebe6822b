/* Which categories have some text in their name, or in what is known of them. */

/** @type {WeakMap<string[], string[]>} */
const lowered = new WeakMap();

/** @param {string[]} labels */
function lowerCase(labels) {
  let names = lowered.get(labels);
  if (!names) {
    names = labels.map((label) => label.toLowerCase());
    lowered.set(labels, names);
  }
  return names;
}

/**
 * The categories with `typed` in their name: that name itself first, then those that begin with it; among equals the
 * more frequent ones, as they are in order. Last come those that only have it in their details.
 *
 * @param {string[]} labels
 * @param {string} typed
 * @param {string[]} [details]
 * @returns {number[]}
 */
export function foundBy(labels, typed, details) {
  const names = lowerCase(labels);
  const part = typed.trim().toLowerCase();
  const known = details && lowerCase(details);
  const at = names.map((name, i) => {
    const place = name.indexOf(part);
    return place < 0 && known?.[i].includes(part) ? Number.MAX_SAFE_INTEGER : place;
  });
  const found = names.map((_, i) => i).filter((i) => at[i] >= 0);
  const rank = (/** @type {number} */ i) => (names[i] === part ? -1 : at[i]);
  return part ? found.sort((a, b) => rank(a) - rank(b)) : found;
}
