/* What Python sent: parts of bytes, read once each, and put in the map's own order. */

const ARRAY_KINDS = { f4: Float32Array, f8: Float64Array, i4: Int32Array, u4: Uint32Array, u2: Uint16Array, u1: Uint8Array };

/** A part's header with its arrays in it; see atlas_payload.py. */
function readPart({ content, bytes, start }) {
  const part = { ...content };
  let at = start;
  for (const [name, kind, length] of content.arrays) {
    const Kind = ARRAY_KINDS[kind];
    const end = at + length * Kind.BYTES_PER_ELEMENT;
    part[name] = new Kind(bytes.slice(at, end).buffer);
    at = end;
  }
  return part;
}

/** Support on a log scale, 0 to 1; all one half when every category has the same. */
function supportWeights(support) {
  const logs = support.map((rows) => Math.log1p(Math.max(0, rows)));
  const least = logs.at(-1) ?? 0;
  const span = (logs[0] ?? 0) - least;
  return logs.map((value) => (span > 1e-9 ? (value - least) / span : 0.4));
}

/** Categories biggest first, so that small ones are drawn on top and a lower number means more support. */
function readNames(part) {
  const order = part.labels.map((_, i) => i).sort((a, b) => part.support[b] - part.support[a] || a - b);
  const rank = new Int32Array(order.length);
  order.forEach((i, k) => (rank[i] = k));
  const support = order.map((i) => part.support[i]);
  const labels = order.map((i) => part.labels[i]);
  return { n: order.length, order, rank, labels, support, weight: supportWeights(support) };
}

/** What is known of each category: its nearest, how stable they are, and a line of text. */
function readFacts(part, { order, rank }) {
  const each = part.nearest_each;
  const nearest = (i) => {
    const places = Array.from({ length: each }, (_, k) => i * each + k).filter((at) => part.nearest[at] < order.length);
    return places.map((at) => [rank[part.nearest[at]], part.nearest_distances[at]]);
  };
  return {
    details: part.details && order.map((i) => part.details[i]),
    nearest: part.nearest && order.map(nearest),
    stability: part.stability && order.map((i) => part.stability[i]),
  };
}

function readPlaces(part, { order }) {
  const along = (values, axis) => Float64Array.from(order, (i) => part.origin[axis] + values[i]);
  return {
    x: part.x ? along(part.x, 0) : new Float64Array(0),
    y: part.y ? along(part.y, 1) : new Float64Array(0),
    z: part.z ? along(part.z, 2) : null,
    frames: part.frames ? readFrames(part, order) : null,
  };
}

/** Places of every frame, unpacked when asked for; the last frame is the map at rest. */
function readFrames({ frames: header, frame_steps: steps }, order) {
  const n = order.length;
  const last = header.numbers.length - 1;
  const value = (k, i, axis) => header.low[axis] + header.step * steps[2 * (k * n + order[i]) + axis];
  const unpack = (k, axis) => {
    const values = new Float64Array(n);
    for (let i = 0; i < n; i++) values[i] = value(k, i, axis);
    return values;
  };
  return { ...header, last, value, x: (k) => unpack(k, 0), y: (k) => unpack(k, 1) };
}

function readTints(part, { order }) {
  const pick = (values) => values && order.map((i) => values[i]);
  const tints = {};
  for (const [key] of part.arrays) {
    const [kind, name] = [key.slice(0, key.indexOf(" ")), key.slice(key.indexOf(" ") + 1)];
    if (kind === "color") tints[name] = { color: pick(part[key]).map((value) => (Number.isNaN(value) ? null : value)) };
    if (kind === "groups") tints[name] = { groups: { names: part.groups[name], code: pick(part[key]) } };
  }
  return { tints, fade: part.fade ? pick(part.fade).map((value) => value / 255) : null };
}

const READERS = { names: readNames, facts: readFacts, places: readPlaces, tints: readTints }; // names come first

/** Keeps what has been read, and reads again only what has another hash. */
class PartReader {
  constructor() {
    this.known = {};
  }

  /** The points made of the parts that `data` refers to, or null while one of them is still on its way. */
  points(data) {
    const { known } = this;
    const fresh = {};
    for (const [name, hash] of Object.entries(data.parts)) {
      const key = name === "names" ? hash : `${hash} ${data.parts.names}`;
      if (known[name]?.key === key) continue;
      const part = atlas.parts.get(`${data.slot}:${name}`);
      if (part?.hash !== hash) return null;
      fresh[name] = { key, part };
    }
    for (const [name, read] of Object.entries(READERS)) {
      if (!fresh[name]) continue;
      const { key, part } = fresh[name];
      known[name] = { key, value: read(readPart(part), known.names?.value) };
    }
    const names = known.names.value;
    const rank = (i) => names.rank[i];
    return {
      ...names,
      ...known.facts.value,
      ...known.places.value,
      ...known.tints.value,
      places: known.places.value,
      selected: data.selected === null ? -1 : rank(data.selected),
      neighbors: data.neighbors.map(([i, distance]) => [rank(i), distance]),
      falseNeighbors: data.false_neighbors.map(rank),
      group: data.group.map(rank),
    };
  }
}

const sameList = (a, b) => a === b || (a && b && a.length === b.length && a.every((value, i) => value === b[i]));
