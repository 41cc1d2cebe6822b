/* What Python sent: parts of bytes, read once each, and put in the map's own order. */

/** @import { Facts, Frames, MapData, Names, Neighbor, Part, PartHeader, Places, Points, ReadPart, Tint, Tints, Values } from "./types.d.ts" */

/** The code of a category without a group, and of a neighbour that is not on the map; `NONE` in payload.py. */
export const NONE = 65535;

/** Before anything has come. @type {Points} */
export const NO_POINTS = {
  n: 0,
  order: [],
  rank: new Int32Array(0),
  labels: [],
  support: [],
  weight: [],
  places: { x: new Float64Array(0), y: new Float64Array(0), z: null, frames: null },
  tints: {},
  sizes: {},
  regions: null,
  fade: null,
  selected: -1,
  neighbors: [],
  falseNeighbors: [],
  cloud: [],
  group: [],
};

const ARRAY_KINDS = {
  f4: Float32Array,
  f8: Float64Array,
  i4: Int32Array,
  u4: Uint32Array,
  u2: Uint16Array,
  u1: Uint8Array,
};

/**
 * The header of a part, with its bytes still packed.
 *
 * @param {Uint8Array} bytes
 * @returns {Part}
 */
export function unpackPart(bytes) {
  const length = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  const header = JSON.parse(new TextDecoder().decode(bytes.subarray(4, 4 + length)));
  return { ...header, bytes, start: 4 + length };
}

/**
 * A part's header, and its arrays by name.
 *
 * @param {Part} part
 * @returns {ReadPart}
 */
function readPart({ content, bytes, start }) {
  /** @type {ReadPart["arrays"]} */
  const arrays = {};
  let at = start;
  for (const [name, kind, length] of content.arrays) {
    const Kind = ARRAY_KINDS[/** @type {keyof typeof ARRAY_KINDS} */ (kind)];
    const end = at + length * Kind.BYTES_PER_ELEMENT;
    arrays[name] = new Kind(bytes.slice(at, end).buffer);
    at = end;
  }
  return { header: content, arrays };
}

/**
 * Support on a log scale, 0 to 1; all .4 when every category has the same, and near it when none has ten times another's:
 * four rows are not to look like many times three.
 *
 * @param {number[]} support The most first.
 */
export function supportWeights(support) {
  const logs = support.map((rows) => Math.log1p(Math.max(0, rows)));
  const least = logs.at(-1) ?? 0;
  const span = (logs[0] ?? 0) - least;
  const share = Math.min(1, span / Math.LN10);
  return logs.map((value) => 0.4 * (1 - share) + (span > 1e-9 ? (share * (value - least)) / span : 0));
}

/**
 * Values as sizes from 0 to 1, between those of the bulk; without a value as small as can be.
 *
 * @param {(number | null)[]} values
 */
export function sizeWeights(values) {
  const known = values.filter((value) => value !== null).sort((a, b) => a - b);
  const cut = known.length >= 50 ? Math.floor(known.length * 0.02) : 0;
  const [low, high] = [known[cut] ?? 0, known[known.length - 1 - cut] ?? 0];
  const span = high - low;
  return values.map((value) => {
    if (value === null) return 0;
    return span > 0 ? Math.min(1, Math.max(0, (value - low) / span)) : 0.4;
  });
}

/**
 * Categories biggest first, so that small ones are drawn on top and a lower number means more support.
 *
 * @param {ReadPart} part
 * @returns {Names}
 */
function readNames({ header, arrays }) {
  const { labels = [] } = header;
  const order = labels.map((_, i) => i).sort((a, b) => arrays.support[b] - arrays.support[a] || a - b);
  const rank = new Int32Array(order.length);
  order.forEach((i, k) => {
    rank[i] = k;
  });
  const support = order.map((i) => arrays.support[i]);
  const weight = supportWeights(support);
  return { n: order.length, order, rank, labels: order.map((i) => labels[i]), support, weight };
}

/**
 * What is known of each category: its nearest, how stable they are, and a line of text.
 *
 * @param {ReadPart} part
 * @param {Names} names
 * @returns {Facts}
 */
function readFacts({ header, arrays }, { order, rank }) {
  const { details, nearest_each: each = 0 } = header;
  const { stability, nearest, nearest_distances: distances } = arrays;
  /** @returns {Neighbor[]} */
  const nearestOf = (/** @type {number} */ i) =>
    Array.from({ length: each }, (_, k) => i * each + k)
      .filter((at) => nearest[at] < order.length)
      .map((at) => [rank[nearest[at]], distances[at]]);
  return {
    details: details && order.map((i) => details[i]),
    nearest: nearest && order.map(nearestOf),
    stability: stability && order.map((i) => stability[i]),
  };
}

/**
 * @param {ReadPart} part
 * @param {Names} names
 * @returns {Places}
 */
function readPlaces({ header, arrays }, { order }) {
  const { origin = [] } = header;
  const along = (/** @type {Values | undefined} */ values, /** @type {number} */ axis) =>
    values ? Float64Array.from(order, (i) => origin[axis] + values[i]) : new Float64Array(0);
  return {
    x: along(arrays.x, 0),
    y: along(arrays.y, 1),
    z: arrays.z ? along(arrays.z, 2) : null,
    frames: header.frames ? readFrames(header.frames, arrays.frame_steps, order) : null,
  };
}

/**
 * Places of every frame, unpacked when asked for; the last frame is the map at rest.
 *
 * @param {NonNullable<PartHeader["frames"]>} header
 * @param {Values} steps
 * @param {number[]} order
 * @returns {Frames}
 */
function readFrames({ numbers, values, name, low, step }, steps, order) {
  const value = (/** @type {number} */ k, /** @type {number} */ i, /** @type {number} */ axis) =>
    low[axis] + step * steps[2 * (k * order.length + order[i]) + axis];
  const unpack = (/** @type {number} */ k, /** @type {number} */ axis) =>
    Float64Array.from(order, (_, i) => value(k, i, axis));
  const last = numbers.length - 1;
  return { numbers, values, name, last, value, x: (k) => unpack(k, 0), y: (k) => unpack(k, 1) };
}

/**
 * @param {ReadPart} part
 * @param {Names} names
 * @returns {Tints}
 */
function readTints({ header, arrays }, { order }) {
  const pick = (/** @type {Values} */ values) => order.map((i) => values[i]);
  /** @type {Record<string, Tint>} */
  const tints = {};
  /** @type {Record<string, (number | null)[]>} */
  const sizes = {};
  /** @type {import("./types.d.ts").Groups | null} */
  let regions = null;
  for (const [key, values] of Object.entries(arrays)) {
    const [kind, name] = [key.slice(0, key.indexOf(" ")), key.slice(key.indexOf(" ") + 1)];
    const each = pick(values);
    const numbers = () => each.map((value) => (Number.isNaN(value) ? null : value));
    if (kind === "color") tints[name] = { color: numbers() };
    if (kind === "size") sizes[name] = numbers();
    if (kind === "regions") regions = { names: header.regions ?? [], code: each };
    if (kind === "groups") tints[name] = { groups: { names: header.groups?.[name] ?? [], code: each } };
  }
  const fade = arrays.fade ? pick(arrays.fade).map((value) => value / 255) : null;
  return { tints, sizes, regions, fade };
}

const READERS = { names: readNames, facts: readFacts, places: readPlaces, tints: readTints }; // names come first

/** Keeps what has been read, and reads again only what has another hash. */
export class PartReader {
  /** @param {Map<string, Part>} parts What has arrived, by "slot:name". */
  constructor(parts) {
    this.parts = parts;
    /** What was read, and of which hashes. @type {Record<string, { key: string, value: unknown }>} */
    this.known = {};
  }

  /**
   * The points made of the parts that `data` refers to, or null while one of them is still on its way.
   *
   * @param {Pick<MapData, "slot" | "parts" | "selected" | "neighbors" | "false_neighbors" | "cloud" | "group">} data
   * @returns {Points | null}
   */
  points(data) {
    const { known } = this;
    /** @type {Record<string, { key: string, part: Part }>} */
    const fresh = {};
    for (const [name, hash] of Object.entries(data.parts)) {
      const key = name === "names" ? hash : `${hash} ${data.parts.names}`;
      if (known[name]?.key === key) continue;
      const part = this.parts.get(`${data.slot}:${name}`);
      if (part?.hash !== hash) return null;
      fresh[name] = { key, part };
    }
    for (const [name, read] of Object.entries(READERS)) {
      if (!fresh[name]) continue;
      const { key, part } = fresh[name];
      known[name] = { key, value: read(readPart(part), /** @type {Names} */ (known.names?.value)) };
    }
    const names = /** @type {Names} */ (known.names.value);
    const rank = (/** @type {number} */ i) => names.rank[i];
    return {
      ...names,
      .../** @type {Facts} */ (known.facts.value),
      .../** @type {Tints} */ (known.tints.value),
      places: /** @type {Places} */ (known.places.value),
      selected: data.selected === null ? -1 : rank(data.selected),
      neighbors: data.neighbors.map(([i, distance]) => [rank(i), distance]),
      falseNeighbors: data.false_neighbors.map(rank),
      cloud: data.cloud ?? [],
      group: data.group.map(rank),
    };
  }
}

/**
 * Whether two lists hold the same.
 *
 * @param {ArrayLike<unknown> | null | undefined} a
 * @param {ArrayLike<unknown> | null | undefined} b
 */
export function sameList(a, b) {
  if (a === b) return true;
  if (!a || !b || a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
