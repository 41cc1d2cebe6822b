/* The parts of maps that have arrived, for every map on the page. */

/** @import { Host, Part } from "./types.d.ts" */

import { unpackPart } from "./data.js";

/** By the name under which a map refers to them, "slot:name". @type {Map<string, Part>} */
export const parts = new Map();

/** Called whenever a part has arrived. @type {Set<() => void>} */
export const listeners = new Set();

/**
 * Keep a part, and let the maps know.
 *
 * @param {Pick<Host<Uint8Array>, "data">} host
 */
export function receivePart({ data }) {
  const part = unpackPart(data);
  parts.set(part.slot, part);
  for (const listener of [...listeners]) listener();
}
