/* The map: what Python sent, and the parts that show it. */

/** @import { Host, MapData, Points, Theme } from "./types.d.ts" */

import { Area } from "./area.js";
import { focusFinder, leave } from "./beside.js";
import { Card } from "./card.js";
import { themeOf } from "./color.js";
import { Coloring } from "./coloring.js";
import { NO_POINTS, PartReader, sameList } from "./data.js";
import { buildElements, find } from "./elements.js";
import { heightInWindow } from "./filling.js";
import { Flat } from "./flat.js";
import { listenToGestures } from "./gestures.js";
import { drawFocus, drawGraticule } from "./ink.js";
import { Key } from "./key.js";
import { listenToKeys } from "./keys.js";
import { Marks } from "./marks.js";
import { Motion } from "./motion.js";
import { Names } from "./names.js";
import { Paper } from "./paper.js";
import { Player } from "./player.js";
import { PlotlyDrawing } from "./plotly.js";
import { Pointer } from "./pointer.js";
import { listeners, parts } from "./received.js";
import { Saving } from "./saving.js";
import { Selection } from "./selection.js";
import { Sizing } from "./sizing.js";
import { Solid } from "./solid.js";

const ZOOM_STEP = 1.6;
const NO_LIBRARY =
  "The map cannot be drawn, because its drawing library did not load. Reload the page; if that does not help, " +
  "the server has to be started again.";

/** @param {Element} node */
function readTheme(node) {
  const style = getComputedStyle(node);
  return themeOf((name) => style.getPropertyValue(name));
}

export class CategoryMap {
  /**
   * @param {HTMLElement} root
   * @param {Host<MapData>} host
   */
  constructor(root, { data, setTriggerValue }) {
    this.root = root;
    this.data = data;
    this.emit = setTriggerValue;
    /** What is on the screen, null when it is to be shown again. @type {MapData | null} */
    this.shown = null;
    /** @type {string | null} */
    this.revision = null;
    /** The revision of which the page knows that the person has moved it. @type {string | null} */
    this.moved = null;
    this.reader = new PartReader(parts);
    /** @type {Points} */
    this.points = NO_POINTS;
    /** @type {Theme} */
    this.theme = readTheme(root);
    this.elements = buildElements(root);
    this.drawing = new PlotlyDrawing(this.elements.plot);
    this.paper = new Paper(this);
    this.marks = new Marks(this);
    this.names = new Names(this);
    this.motion = new Motion(this);
    this.flat = new Flat(this);
    this.solid = new Solid(this);
    this.player = new Player(this);
    this.selection = new Selection(this);
    this.area = new Area(this);
    this.coloring = new Coloring(this);
    this.sizing = new Sizing(this);
    this.pointer = new Pointer(this);
    this.key = new Key(this);
    this.card = new Card(this);
    this.saving = new Saving(this);
    this.ended = new AbortController();
    this.resizing = new ResizeObserver(() => this.resize());
    this.partArrived = () => this.update();
    this.root.dataset.mounts = String(Number(root.dataset.mounts ?? 0) + 1);
    this.listen();
  }

  listen() {
    const { signal } = this.ended;
    const { selection, area, pointer, saving, elements } = this;
    listeners.add(this.partArrived);
    this.resizing.observe(elements.stage);
    listenToGestures(elements.stage, pointer, signal);
    this.player.listen(signal);
    const zoomIn = () => pointer.zoomStep(ZOOM_STEP);
    const zoomOut = () => pointer.zoomStep(1 / ZOOM_STEP);
    const fit = () => pointer.fit();
    const toggleArea = () => area.toggle();
    const buttons = {
      in: zoomIn,
      out: zoomOut,
      fit,
      area: toggleArea,
      save: () => saving.toggle(),
      png: () => saving.save("png"),
      svg: () => saving.save("svg"),
    };
    for (const [name, act] of Object.entries(buttons)) {
      find(this.root, `.atlas-do-${name}`, HTMLElement).addEventListener("click", act, { signal });
    }
    const plain = {
      "+": zoomIn,
      "=": zoomIn,
      "-": zoomOut,
      0: fit,
      l: toggleArea,
      Enter: () => selection.chooseMostImportant(),
      n: () => selection.walkToNeighbor(),
      b: () => selection.walkBack(),
      "/": () => focusFinder(this.data.slot),
    };
    const walk = (/** @type {[number, number]} */ direction) => selection.walk(direction);
    listenToKeys(this.root, { escape: () => this.escape(), walk, plain }, signal);
    window.addEventListener("resize", () => this.fillWindow(), { signal });
  }

  stop() {
    this.ended.abort();
    leave(this);
    listeners.delete(this.partArrived);
    this.resizing.disconnect();
    for (const part of [this.motion, this.solid, this.player, this.selection, this.pointer]) part.stop();
    this.drawing.stop();
  }

  /* -- data arrive -- */

  /** Show this; the same once more when the theme has changed. @param {Host<MapData>} host */
  take({ data, setTriggerValue }) {
    this.data = data;
    this.emit = setTriggerValue;
    this.shown = null;
    this.update();
  }

  async update() {
    const { data, drawing } = this;
    try {
      if (!drawing.library) await drawing.load(data.plotly);
    } catch {
      this.say(NO_LIBRARY);
      return;
    }
    if (!this.ended.signal.aborted && this.data === data) this.show();
  }

  show() {
    const { data, player, selection, area, pointer, paper, marks, solid, points: before } = this;
    if (data === this.shown) return;
    const points = this.reader.points(data);
    if (!points) return; // a part is on its way, and calls again
    const sameNames = before.n > 0 && sameList(before.labels, points.labels);
    const samePlaces = sameNames && before.places === points.places;
    const isNew = data.revision !== this.revision;
    this.points = points;
    this.shown = data;
    this.revision = data.revision;
    this.theme = readTheme(this.root);
    if (!samePlaces) player.receive();
    this.coloring.receive(data);
    this.sizing.receive(data);
    area.isAllowed = data.areas;
    this.setDimensions(points.places.z !== null);
    this.dress();
    const changedFrom = sameNames ? null : before;
    const isCalled = selection.receive(data, changedFrom);
    const isReframed = area.receive(data, changedFrom);
    if (isNew || !before.n || isReframed) paper.isHeld = false;
    if (isNew) solid.camera = solid.fitted();
    if (isNew && area.isDrawing) area.toggle();
    if (!sameNames) {
      cancelAnimationFrame(this.motion.animation);
      this.names.forget();
      this.flat.forget();
      pointer.hovered = -1;
    }
    player.show(!samePlaces);
    this.fillWindow();
    selection.findFar();
    selection.announce();
    paper.measure();
    if (!paper.width) return;
    marks.setRadii();
    this.key.draw();
    paper.measure(); // the key below may have taken another line
    this.motion.isFlowing = data.moving || player.isPlaying;
    this.recolor({ atOnce: !sameNames, moves: !samePlaces || isReframed });
    if (solid.isOn) solid.show();
    else this.moveIn({ isNew, isReframed, isCalled, sameNames, samePlaces });
    Object.assign(this.root.dataset, {
      ready: "true",
      points: points.n,
      dimensions: solid.isOn ? 3 : 2,
      revision: data.revision,
      ...(points.places.frames ? {} : { frame: data.frame }),
    });
  }

  /**
   * Frame the points and let them glide to their places.
   *
   * @param {Record<"isNew" | "isReframed" | "isCalled" | "sameNames" | "samePlaces", boolean>} change
   */
  moveIn({ isNew, isReframed, isCalled, sameNames, samePlaces }) {
    const { data, paper, motion, marks, flat, points } = this;
    const follows = data.moving && !isNew;
    paper.frame(follows);
    if (isCalled) paper.bringIntoView(this.selection.selected);
    const left = motion.glideEnd - performance.now();
    if (!sameNames || marks.x.length !== points.n) {
      motion.goTo(0);
      flat.sync();
    } else if (samePlaces && flat.drawnView === paper.view && left <= 0) this.refresh();
    else if (follows) motion.goTo(samePlaces ? 0 : motion.pace(), (t) => t);
    else if (!samePlaces || isReframed || isCalled) motion.goTo(650);
    else motion.goTo(Math.max(0, left));
  }

  /** Going from the plane to space or back begins with an empty paper. @param {boolean} isSolid */
  setDimensions(isSolid) {
    if (isSolid !== this.solid.isOn) {
      this.drawing.clear();
      this.flat.forget();
      this.names.forget();
      this.marks.forget();
    }
    this.solid.isOn = isSolid;
    this.root.classList.toggle("atlas-solid", isSolid);
  }

  dress() {
    const { root, theme, points, data, elements } = this;
    // For what a page puts over the map, such as a panel: it has no other way to know of the theme.
    for (const name of /** @type {const} */ (["paper", "ink"])) {
      document.documentElement.style.setProperty(`--atlas-page-${name}`, theme[name]);
    }
    root.classList.toggle("atlas-dark", theme.dark);
    root.classList.toggle("atlas-axes", !this.solid.isOn && data.axes.some(Boolean));
    root.setAttribute("aria-label", data.description || "Map of categories");
    elements.xTitle.textContent = data.axes[0] ?? "";
    elements.yTitle.textContent = data.axes[1] ?? "";
    this.area.dress();
    this.say(points.n === 0 ? "There are no categories to show yet." : "");
  }

  fillWindow() {
    const { root, data, elements } = this;
    const height = data.height || heightInWindow(root, !elements.player.hidden);
    root.style.setProperty("--atlas-height", `${height}px`);
  }

  /** Also the moment when a map that was hidden, on a closed tab for example, comes to light. */
  resize() {
    const { clientWidth, clientHeight } = this.elements.stage;
    const { width, height } = this.paper;
    if (!this.shown || !clientWidth || (clientWidth === width && clientHeight === height)) return;
    this.shown = null;
    this.show();
  }

  /** Let a page that wants to hear of it know that the person has moved this map. */
  tellMoved() {
    if (!this.data.moves || this.moved === this.data.revision) return;
    this.moved = this.data.revision;
    this.emit("move", { serial: Date.now() });
  }

  /* -- words -- */

  /** Say something on the paper. @param {string} sentence */
  say(sentence) {
    this.elements.note.textContent = sentence;
    this.elements.note.hidden = sentence === "";
  }

  /** Say something to a screen reader. @param {string} sentence */
  speak(sentence) {
    if (this.elements.live.textContent !== sentence) this.elements.live.textContent = sentence;
  }

  /* -- drawing -- */

  /** @param {{ atOnce?: boolean, moves?: boolean }} how Without fading; while the points are about to move. */
  recolor({ atOnce = false, moves = false } = {}) {
    const before = this.marks.fill;
    this.marks.setFill();
    this.root.classList.toggle("atlas-at-once", atOnce);
    if (!this.solid.isOn && !atOnce) this.flat.recolor(before, moves);
  }

  /** Draw what is around points that have stayed where they were. */
  refresh() {
    this.names.place(this.marks.x, this.marks.y);
    drawGraticule(this);
    this.drawOver();
  }

  /** Draw what lies over the points and moves with them. */
  drawOver() {
    drawFocus(this);
    this.names.draw();
    this.card.show();
  }

  escape() {
    if (this.saving.isOpen) this.saving.close();
    else if (this.selection.selected >= 0) this.selection.clear();
    else if (this.area.member) this.area.set([]);
    else if (this.area.isDrawing) this.area.toggle();
  }
}
