/* The map itself: what Python sent, the view on it, and the drawing of it.
 *
 * Plotly draws the points and is told everything whenever the map comes to rest. In between (a finger that drags, a
 * training that runs) its point elements are only moved, which is some twenty times faster than asking Plotly to
 * redraw; where there are too many for elements, a canvas stands in. The view belongs to this file: a centre and the
 * data units per pixel, the same on both axes.
 */

const REST_DELAY = 220;
const maps = new WeakMap();
const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");
const easeOut = (t) => 1 - (1 - t) ** 3;

class AtlasMap {
  constructor(parent) {
    this.parent = parent;
    this.root = parent.querySelector(".atlas");
    Object.assign(this, buildParts(this.root));
    this.reader = new PartReader();
    this.points = this.member = null;
    this.px = this.py = new Float64Array(0);
    this.told = {};
    this.labels = new Map();
    this.texts = new Map();
    this.far = new Set();
    this.trail = [];
    this.solidTitles = [];
    this.neighbors = this.falseNeighbors = [];
    this.selected = this.hovered = -1;
    this.userView = this.silent = this.isArea = this.isolated = this.isSolid = false;
    this.sentSerial = this.sentArea = this.sentColor = this.glideEnd = 0;
    this.isHidden = (i) => this.isolated && !this.member[i];
    this.isAway = (i) => this.member !== null && !this.member[i];
    this.stop = new AbortController();
    this.root.dataset.mounts = Number(this.root.dataset.mounts ?? 0) + 1;
    this.partArrived = () => this.data && this.update(this.data, this.emit);
    atlas.listeners.add(this.partArrived);
    this.listen();
  }

  listen() {
    const { signal } = this.stop;
    listenToGestures(this.stage, this, signal);
    listenToKeys(this.root, this, signal);
    this.listenToPlayer(signal);
    const actions = {
      in: () => this.zoomStep(1.6),
      out: () => this.zoomStep(1 / 1.6),
      fit: () => this.fit(),
      area: () => this.toggleArea(),
      save: () => this.toggleMenu(),
      png: () => this.save("png"),
      svg: () => this.save("svg"),
    };
    for (const [name, action] of Object.entries(actions)) {
      this.root.querySelector(`.atlas-do-${name}`).addEventListener("click", action, { signal });
    }
    this.choice.addEventListener("change", () => this.chooseColoring(this.choice.value), { signal });
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.stage);
  }

  destroy() {
    this.stop.abort();
    leaveBeside(this);
    atlas.listeners.delete(this.partArrived);
    this.resizing.disconnect();
    for (const frame of [this.animation, this.painting, this.playing, this.watching]) cancelAnimationFrame(frame);
    for (const timer of [this.resting, this.letGo, this.emitting, this.clearing]) clearTimeout(timer);
    // Plotly must not be taken away while it is still drawing.
    Promise.resolve(this.drawing).finally(() => this.plotly?.purge(this.plot));
  }

  /* -- data arrives -- */

  async update(data, emit) {
    this.data = data;
    this.emit = emit;
    try {
      this.plotly ??= await loadPlotly();
    } catch {
      this.say(
        "The map cannot be drawn, because its drawing library did not load. Reload the page; if that does not " +
          "help, the server has to run with server.enableStaticServing = true.",
      );
      return;
    }
    if (!this.stop.signal.aborted && this.data === data) this.show(data);
  }

  show(data) {
    if (data === this.shown) return;
    const points = this.reader.points(data);
    if (!points) return; // a part is on its way, and calls again
    const before = this.points;
    const sameNames = Boolean(before) && sameList(before.labels, points.labels);
    const samePlaces = sameNames && before.places === points.places;
    if (samePlaces) Object.assign(points, { x: before.x, y: before.y });
    const newMap = !before || data.revision !== this.revision;
    this.points = points;
    this.shown = data;
    this.revision = data.revision;
    this.theme = readTheme(this.parent);
    this.takeColoring(data);
    this.mayArea = data.areas;
    this.setDimensions(Boolean(points.z));
    this.dress(data);
    const changedFrom = sameNames ? null : before;
    const called = this.takeSelection(data, changedFrom);
    const reframed = this.takeGroup(data, changedFrom);
    if (newMap || !before?.n || reframed) this.userView = false;
    if (newMap) this.camera = FIRST_CAMERA;
    if (newMap && this.isArea) this.toggleArea();
    if (!sameNames) {
      cancelAnimationFrame(this.animation);
      this.labels = new Map();
      this.nodes = null;
      this.hovered = -1;
    }
    this.showPlayer(!samePlaces);
    this.findFar();
    this.announce();
    this.measure();
    if (!this.width) return;
    this.setRadii();
    this.measure(); // the key below may have taken another line
    this.cameWithMotion = data.moving || this.isPlaying;
    this.recolor({ atOnce: !sameNames, moves: !samePlaces || reframed });
    if (this.isSolid) this.showSolid();
    else this.moveIn({ data, newMap, reframed, called, sameNames, samePlaces });
    const dimensions = this.isSolid ? 3 : 2;
    Object.assign(this.root.dataset, { ready: "true", points: points.n, dimensions, revision: data.revision });
    if (!points.frames) this.root.dataset.frame = data.frame;
  }

  /** Frame the points and let them glide to their places. */
  moveIn({ data, newMap, reframed, called, sameNames, samePlaces }) {
    const before = this.view;
    if (!this.userView) {
      const now = this.wholeBounds();
      this.bounds = data.moving && !newMap && this.bounds ? easeBounds(this.bounds, now) : now;
      this.view = viewOf(this.bounds, this.width, this.height);
      if (before && sameList(Object.values(before), Object.values(this.view))) this.view = before;
    }
    if (called) this.bringIntoView(this.selected);
    const left = this.glideEnd - performance.now();
    if (!sameNames || this.px.length !== this.points.n) {
      this.goTo(0);
      this.sync();
    } else if (samePlaces && this.drawnView === this.view && left <= 0) this.refresh();
    else if (data.moving && !newMap) this.goTo(samePlaces ? 0 : this.pace(), (t) => t);
    else if (!samePlaces || reframed || called) this.goTo(650);
    else this.goTo(Math.max(0, left));
  }

  /** The box around what is shown, in all frames. */
  wholeBounds() {
    const { places } = this.points;
    if (this.boundsKnown?.places !== places || this.boundsKnown.alone !== this.alone) {
      this.boundsKnown = { places, alone: this.alone, box: boundsOf(this.points, this.isHidden) };
    }
    return this.boundsKnown.box;
  }

  /** Going from the plane to space or back begins anew. */
  setDimensions(isSolid) {
    if (isSolid !== this.isSolid && this.plotly) {
      this.plotly.purge(this.plot);
      this.told = {};
      this.nodes = null;
      this.labels = new Map();
      this.px = this.py = new Float64Array(0);
    }
    this.isSolid = isSolid;
    this.root.classList.toggle("atlas-solid", isSolid);
  }

  /** How long to glide: until the next frame is likely to come. */
  pace() {
    const now = performance.now();
    const since = now - (this.frameTime ?? 0);
    this.frameTime = now;
    return Math.min(750, Math.max(120, since));
  }

  dress(data) {
    const { root, theme, points } = this;
    root.style.setProperty("--atlas-height", `${data.height}px`);
    root.classList.toggle("atlas-dark", theme.dark);
    root.classList.toggle("atlas-axes", !this.isSolid && data.axes.some(Boolean));
    root.setAttribute("aria-label", data.description || "Map of categories");
    root.querySelector(".atlas-x-title").textContent = data.axes[0] ?? "";
    root.querySelector(".atlas-y-title").textContent = data.axes[1] ?? "";
    this.dressArea();
    this.say(points.n === 0 ? "There are no categories to show yet." : "");
  }

  say(sentence) {
    this.note.textContent = sentence;
    this.note.hidden = sentence === "";
  }

  speak(sentence) {
    if (this.live.textContent !== sentence) this.live.textContent = sentence;
  }

  measure() {
    this.width = this.stage.clientWidth;
    this.height = this.stage.clientHeight;
    for (const svg of [this.under, this.over]) svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
  }

  setRadii() {
    const radius = radiiOf(this.points, this.width, this.height, this.isHidden);
    if (!sameList(radius, this.radius)) this.radius = radius;
    drawFooter(this.footer, this);
  }

  /** Also the moment when a map that was hidden, on a closed tab for example, comes to light. */
  resize() {
    const { clientWidth, clientHeight } = this.stage;
    if (!this.shown || !clientWidth || (clientWidth === this.width && clientHeight === this.height)) return;
    this.shown = null;
    this.show(this.data);
  }

  bringIntoView(i) {
    const { points, view, width, height } = this;
    const [dx, dy] = [points.x[i] - view.x, points.y[i] - view.y].map((d) => Math.abs(d) / view.unit);
    if (dx < width / 2 - 10 && dy < height / 2 - 10) return false;
    this.view = { x: points.x[i], y: points.y[i], unit: view.unit };
    return true;
  }

  cardSubject(i) {
    const parts = Object.values(this.shown?.parts ?? {});
    return [...parts, this.coloring?.name, i, this.selected, this.neighbors.length].join(" ");
  }
}

Object.assign(
  AtlasMap.prototype,
  drawingMethods, pointerMethods, solidMethods, playerMethods, selectionMethods, areaMethods, exportMethods,
  coloringMethods,
);

atlas.show = ({ parentElement, data, setTriggerValue }) => {
  let map = maps.get(parentElement);
  if (!map) maps.set(parentElement, (map = new AtlasMap(parentElement)));
  map.shown = null; // the same data are shown again when the theme has changed
  const run = (map.run = (map.run ?? 0) + 1);
  map.update(data, setTriggerValue);
  return () => {
    // Streamlit also calls the clean-up of a run that newer data have overtaken, sometimes before the newer run:
    // only an element that has left the page is really gone.
    setTimeout(() => {
      if (map.run !== run || parentElement.isConnected) return;
      maps.delete(parentElement);
      map.destroy();
    });
  };
};
for (const listener of [...atlas.listeners]) listener();

export default () => {};
