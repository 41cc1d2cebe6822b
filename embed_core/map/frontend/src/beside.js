/* What stands beside a map and shows what it shows: the panel and the fields that find a category. */

/** @import { CategoryMap } from "./map.js" */

/** @typedef {{ slot: string, showMap(map: CategoryMap): void, focus?(): void }} Companion */

/** By slot. @type {Map<string, CategoryMap>} */
const maps = new Map();
/** @type {Set<Companion>} */
const companions = new Set();

/** The map of a slot that is on the page and has points. @param {string} slot */
export const mapOf = (slot) => maps.get(slot);

/** @param {string} slot */
const companionsOf = (slot) => [...companions].filter((companion) => companion.slot === slot);

/** @param {CategoryMap} map What it has to say has changed. */
export function announce(map) {
  maps.set(map.data.slot, map);
  for (const companion of companionsOf(map.data.slot)) companion.showMap(map);
}

/** Go to the field beside a map that selects on it, where there is one. @param {string} slot */
export function focusFinder(slot) {
  for (const companion of companionsOf(slot)) companion.focus?.();
}

/** @param {CategoryMap} map It has left the page. */
export function leave(map) {
  if (maps.get(map.data.slot) === map) maps.delete(map.data.slot);
}

/** @param {Companion} companion */
export function accompany(companion) {
  companions.add(companion);
}

/** @param {Companion} companion */
export function abandon(companion) {
  companions.delete(companion);
}
