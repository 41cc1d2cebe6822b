/* The map itself: what Python sent, the view on it, the drawing of it, and the one selected category.
 *
 * Plotly draws the points and is told everything whenever the map comes to rest. In between (a finger that drags, a
 * training that runs) its point elements are only moved, which is some twenty times faster than asking Plotly to
 * redraw. The view belongs to this file: a centre and the data units per pixel, the same on both axes.
 */

const REST_DELAY = 220;
const maps = new WeakMap();
const stillness = window.matchMedia("(prefers-reduced-motion: reduce)");

class AtlasMap {
  constructor(parent) {
    this.parent = parent;
    this.root = parent.querySelector(".atlas");
    const part = (name) => this.root.querySelector(`.atlas-${name}`);
    this.stage = part("stage");
    this.plot = part("plot");
    this.under = part("under");
    this.over = part("over");
    this.card = part("card");
    this.footer = part("footer");
    this.note = part("note");
    this.live = part("live");
    this.points = null;
    this.px = this.py = new Float64Array(0);
    this.told = {};
    this.labels = new Map();
    this.texts = new Map();
    this.selected = this.hovered = -1;
    this.neighbors = [];
    this.userView = this.silent = false;
    this.sentSerial = 0;
    this.stop = new AbortController();
    this.root.dataset.mounts = Number(this.root.dataset.mounts ?? 0) + 1;
    this.listen();
  }

  listen() {
    const { signal } = this.stop;
    listenToGestures(this.stage, this, signal);
    listenToKeys(this.root, this, signal);
    const buttons = this.root.querySelectorAll(".atlas-buttons button");
    const actions = [() => this.zoomStep(1.6), () => this.zoomStep(1 / 1.6), () => this.fit()];
    buttons.forEach((button, i) => button.addEventListener("click", actions[i], { signal }));
    this.resizing = new ResizeObserver(() => this.resize());
    this.resizing.observe(this.stage);
  }

  destroy() {
    this.stop.abort();
    this.resizing.disconnect();
    cancelAnimationFrame(this.animation);
    cancelAnimationFrame(this.painting);
    clearTimeout(this.resting);
    clearTimeout(this.letGo);
    clearTimeout(this.emitting);
    clearTimeout(this.clearing);
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
    const before = this.points;
    const points = readPoints(data);
    const samePlaces = before && sameList(before.labels, points.labels);
    const newMap = !before || data.revision !== this.revision;
    const glides = samePlaces && data.moving && !newMap;
    if (samePlaces && sameList(before.x, points.x) && sameList(before.y, points.y)) {
      Object.assign(points, { x: before.x, y: before.y });
    }
    this.points = points;
    this.theme = readTheme(this.parent);
    this.domain = points.color && colorDomain(points.color);
    const fill = fills(points, this.domain, this.theme);
    if (!sameList(fill, this.fill) || !samePlaces) this.fill = fill;
    this.dress(data);
    const called = this.takeSelection(data, samePlaces ? null : before);
    if (newMap || !before?.n) this.userView = false;
    this.revision = data.revision;
    this.measure();
    if (!this.width) return;
    this.setRadii();
    if (!this.userView) {
      const now = boundsOf(points);
      this.bounds = data.moving && !newMap && this.bounds ? easeBounds(this.bounds, now) : now;
      this.view = viewOf(this.bounds, this.width, this.height);
    }
    if (!samePlaces) {
      this.labels = new Map();
      this.hovered = -1;
    }
    this.cameWithMotion = data.moving;
    if (called) this.bringIntoView(this.selected);
    if (this.told.fill !== this.fill || this.told.radius !== this.radius) this.sync();
    this.goTo(glides ? this.pace() : 0, (t) => t);
    Object.assign(this.root.dataset, { ready: "true", frame: data.frame, points: points.n });
  }

  /** How long to glide: until the next frame is likely to come. */
  pace() {
    const now = performance.now();
    const since = now - (this.frameTime ?? 0);
    this.frameTime = now;
    return Math.min(450, Math.max(120, since));
  }

  dress(data) {
    const { root, theme } = this;
    root.style.setProperty("--atlas-height", `${data.height}px`);
    root.classList.toggle("atlas-dark", theme.dark);
    root.classList.toggle("atlas-axes", data.axes.some(Boolean));
    root.setAttribute("aria-label", data.description || "Map of categories");
    this.root.querySelector(".atlas-x-title").textContent = data.axes[0];
    this.root.querySelector(".atlas-y-title").textContent = data.axes[1];
    this.say(data.labels.length === 0 ? "There are no categories to show yet." : "");
  }

  say(sentence) {
    this.note.textContent = sentence;
    this.note.hidden = sentence === "";
  }

  measure() {
    this.width = this.stage.clientWidth;
    this.height = this.stage.clientHeight;
    for (const svg of [this.under, this.over]) svg.setAttribute("viewBox", `0 0 ${this.width} ${this.height}`);
  }

  /** Marker area follows the log of support; many points on little paper are all drawn smaller. */
  setRadii() {
    const { points, width, height } = this;
    const shrink = Math.min(1, Math.max(0.4, Math.min(width, height) / Math.sqrt(Math.max(1, points.n)) / 38));
    const [least, most] = [MARKER.least ** 2, MARKER.most ** 2];
    const area = (weight) => least + weight ** 1.6 * (most - least);
    const radius = points.weight.map((weight) => Math.max(1.8, (shrink * Math.sqrt(area(weight))) / 2));
    if (!sameList(radius, this.radius)) this.radius = radius;
    drawFooter(this.footer, this);
  }

  /** Also the moment when a map that was hidden, on a closed tab for example, comes to light. */
  resize() {
    const { clientWidth, clientHeight } = this.stage;
    if (!this.points || !clientWidth || (clientWidth === this.width && clientHeight === this.height)) return;
    this.show(this.data);
  }

  /* -- drawing -- */

  target() {
    const { points, view, width, height } = this;
    return [
      points.x.map((value) => width / 2 + (value - view.x) / view.unit),
      points.y.map((value) => height / 2 - (value - view.y) / view.unit),
    ];
  }

  /** Bring the points to where the view wants them, in `duration` milliseconds. */
  goTo(duration, ease = (t) => 1 - (1 - t) ** 3) {
    cancelAnimationFrame(this.animation);
    const [toX, toY] = this.target();
    const [fromX, fromY] = [this.px, this.py];
    this.placeNames(toX, toY);
    if (!duration || fromX.length !== toX.length || stillness.matches || !this.nodes) {
      this.moveTo(toX, toY);
      this.rest();
      return;
    }
    let start;
    const step = (now) => {
      start ??= now;
      const t = ease(Math.min(1, (now - start) / duration));
      this.moveTo(
        toX.map((value, i) => fromX[i] + (value - fromX[i]) * t),
        toY.map((value, i) => fromY[i] + (value - fromY[i]) * t),
      );
      if (now - start < duration) this.animation = requestAnimationFrame(step);
      else this.rest();
    };
    this.animation = requestAnimationFrame(step);
  }

  moveTo(x, y) {
    this.px = x;
    this.py = y;
    if (this.nodes) this.moveNodes();
    else this.sync();
    drawGraticule(this.under, this);
    drawOver(this.over, this);
    showCard(this.card, this);
  }

  moveNodes() {
    const { px, py } = this;
    const place = (i) => `translate(${px[i].toFixed(2)},${py[i].toFixed(2)})`;
    this.nodes?.forEach((node, i) => node.setAttribute("transform", place(i)));
  }

  /** When nothing has moved for a moment, let Plotly know where everything is. */
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => this.sync(), this.cameWithMotion ? 3 * REST_DELAY : REST_DELAY);
  }

  sync() {
    if (!this.width || !this.view) return;
    const { points, plotly, view, told } = this;
    const telling = [points.x, this.fill, this.radius, this.theme.paper, this.width, this.height];
    const samePoints = sameList(telling, told.telling);
    if (samePoints && told.view === view) return;
    this.told = { telling, fill: this.fill, radius: this.radius, view };
    if (samePoints && !this.nodes) {
      this.drawing = plotly.relayout(this.plot, plotlyRanges(this));
      return;
    }
    const { traces, layout } = plotlyFigure(this);
    this.drawing = plotly.react(this.plot, traces, layout, { staticPlot: true, displayModeBar: false });
    const nodes = [...this.plot.querySelectorAll(".scatterlayer .points path")];
    this.nodes = nodes.length === points.n && points.n > 0 ? nodes : null;
    // Plotly has put the points where they are going; those under way go on from where they were.
    if (this.px.length === points.n) this.moveNodes();
    this.root.dataset.redraws = Number(this.root.dataset.redraws ?? 0) + 1;
  }

  placeNames(x, y) {
    const { points, radius, width, height } = this;
    const focus = this.selected < 0 ? [] : [this.selected, ...this.neighbors.map(([i]) => i)];
    const must = new Set(focus);
    const held = this.cameWithMotion ? [...this.labels.keys()].sort((a, b) => a - b) : [];
    const rest = Array.from({ length: Math.min(points.n, 4000) }, (_, i) => i);
    const most = Math.round(Math.min(120, Math.max(10, (width * height) / 5200)));
    this.labels = placeLabels({
      order: [...focus, ...held, ...rest],
      must,
      ...{ x, y, radius, width, height, most },
      style: (i) => nameStyle(this, i, must),
      held: this.labels,
      closed: [{ x0: width - 46, y0: 0, x1: width, y1: 108 }], // the buttons
    });
  }

  /* -- gestures -- */

  pan(dx, dy) {
    this.view = { ...this.view, x: this.view.x - dx * this.view.unit, y: this.view.y + dy * this.view.unit };
    this.byHand();
  }

  zoom(factor, x, y) {
    const { view, width, height } = this;
    const widest = viewOf(this.bounds, width, height).unit;
    const unit = Math.min(widest * 3, Math.max(widest / 500, view.unit / factor));
    const [dx, dy] = [x - width / 2, height / 2 - y];
    this.view = { x: view.x + dx * (view.unit - unit), y: view.y + dy * (view.unit - unit), unit };
    this.byHand();
  }

  byHand() {
    if (!this.points?.n) return;
    this.userView = true;
    this.stage.classList.add("atlas-held");
    cancelAnimationFrame(this.painting);
    this.painting = requestAnimationFrame(() => this.goTo(0));
    clearTimeout(this.letGo);
    this.letGo = setTimeout(() => this.sync(), REST_DELAY);
  }

  /** A category that was called for from outside the map must be on the paper. */
  bringIntoView(i) {
    const { points, view, width, height } = this;
    const [dx, dy] = [points.x[i] - view.x, points.y[i] - view.y].map((d) => Math.abs(d) / view.unit);
    if (dx < width / 2 - 10 && dy < height / 2 - 10) return;
    this.view = { x: points.x[i], y: points.y[i], unit: view.unit };
  }

  zoomStep(factor) {
    this.zoom(factor, this.width / 2, this.height / 2);
    cancelAnimationFrame(this.painting);
    this.goTo(200);
  }

  fit() {
    clearTimeout(this.clearing);
    this.userView = false;
    this.stage.classList.remove("atlas-held");
    this.bounds = boundsOf(this.points);
    this.view = viewOf(this.bounds, this.width, this.height);
    this.goTo(250);
  }

  /** The point under the pointer, or -1: the nearest one whose disc (and a little around it) is hit. */
  pointAt(x, y, touch) {
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < this.px.length; i++) {
      const distance = Math.hypot(this.px[i] - x, this.py[i] - y);
      if (distance < least && distance <= Math.max(this.radius[i] + 3, touch ? 20 : 7)) [least, best] = [distance, i];
    }
    return best;
  }

  hover(x, y, touch) {
    const i = this.points?.n ? this.pointAt(x, y, touch) : -1;
    if (i === this.hovered) return;
    this.silent = false;
    this.hovered = i;
    drawOver(this.over, this);
    showCard(this.card, this);
  }

  leave() {
    this.hover(-1e6, -1e6, false);
  }

  click(x, y, touch) {
    if (!this.points?.n) return;
    clearTimeout(this.clearing);
    const i = this.pointAt(x, y, touch);
    if (i >= 0) this.choose(i);
    // A second click may be on its way: a double click fits the map and leaves the selection alone.
    else if (this.selected >= 0) this.clearing = setTimeout(() => this.clear(), 360);
    this.hover(x, y, touch);
    // With a mouse the card has been read before the click, and now would only cover the neighbours.
    this.silent = !touch;
    showCard(this.card, this);
  }

  walk(dx, dy) {
    const visible = (i) => this.px[i] > 0 && this.py[i] > 0 && this.px[i] < this.width && this.py[i] < this.height;
    if (!this.points?.n) return;
    const next = this.selected < 0 ? this.px.findIndex((_, i) => visible(i))
      : nextInDirection(this.px, this.py, this.selected, [dx, dy], visible);
    if (next >= 0) this.choose(next, 160);
  }

  /* -- the selection: Python owns it, this draws what is about to be true -- */

  clear() {
    if (this.selected >= 0) this.choose(-1);
  }

  choose(i, patience = 0) {
    if (i === this.selected) return;
    this.selected = i;
    this.neighbors = [];
    this.showSelection();
    this.sentSerial = Math.max(Date.now(), this.sentSerial + 1);
    const event = { category: i < 0 ? null : this.points.labels[i], serial: this.sentSerial };
    clearTimeout(this.emitting);
    this.emitting = setTimeout(() => this.emit("select", event), patience);
  }

  takeSelection(data, changedFrom) {
    // A frame that left Python before it heard of the click must not undo the click.
    let called = false;
    const unheard = this.sentSerial > data.heard && Date.now() - this.sentSerial < 10000;
    if (unheard) {
      const name = changedFrom?.labels[this.selected];
      if (name !== undefined) this.selected = this.points.labels.indexOf(name);
    } else {
      called = this.points.selected >= 0 && this.points.labels[this.points.selected] !== this.root.dataset.selected;
      this.selected = this.points.selected;
      this.neighbors = this.selected < 0 ? [] : this.points.neighbors;
    }
    this.announce();
    return called;
  }

  showSelection() {
    this.announce();
    this.placeNames(this.px, this.py);
    drawOver(this.over, this);
  }

  announce() {
    const { points, selected, neighbors } = this;
    this.root.classList.toggle("atlas-lit", selected >= 0);
    this.root.dataset.selected = selected < 0 ? "" : points.labels[selected];
    this.root.dataset.neighbors = neighbors.length;
    const near = neighbors.map(([i]) => shortName(points.labels[i], 40)).join(", ");
    const sentence =
      selected < 0 ? "" : `${shortName(points.labels[selected], 80)}, ${rowCount(points.support[selected])}.` +
          (near && ` Nearest: ${near}.`);
    if (this.live.textContent !== sentence) this.live.textContent = sentence;
  }
}

export default function (component) {
  const { parentElement, data, setTriggerValue } = component;
  let map = maps.get(parentElement);
  if (!map) maps.set(parentElement, (map = new AtlasMap(parentElement)));
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
}
