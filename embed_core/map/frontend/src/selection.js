/* The selected category. Python owns it; this shows what is about to be true, and walks from one to the next. */

/** @import { CategoryMap } from "./map.js" */
/** @import { MapData, Neighbor, Points } from "./types.d.ts" */

import { announce } from "./beside.js";
import { quoted, rowCount } from "./text.js";
import { farNeighbors, nearestPoint, nextInDirection } from "./walking.js";
import { Wish } from "./wish.js";

const WALKING = 160; // milliseconds after a step of a walk, until Python is asked: another one may follow

export class Selection {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.wish = new Wish();
    this.selected = -1;
    /** The true neighbours of the selected category, nearest first. @type {Neighbor[]} */
    this.neighbors = [];
    /** Those that this map has moved away. @type {Set<number>} */
    this.far = new Set();
    /** Categories near it on this map only. @type {number[]} */
    this.falseNeighbors = [];
    /** Where replicates put it, in the data's plane. @type {[number, number][]} */
    this.cloud = [];
    /** Whether neighbours have ever been known here; the key then explains their marks. */
    this.knowsNeighbors = false;
    /** Where the walk came from. @type {number[]} */
    this.trail = [];
    this.spoken = "";
    this.emitting = 0;
  }

  stop() {
    clearTimeout(this.emitting);
  }

  /** The selected category and what belongs to it, the most important first. */
  focus() {
    if (this.selected < 0) return [];
    return [this.selected, ...this.neighbors.map(([i]) => i), ...this.falseNeighbors];
  }

  /**
   * Select a category, or with -1 none, and let Python know after a while.
   *
   * @param {number} i
   * @param {number} patience
   */
  choose(i, patience = 0) {
    const { points, solid, paper, motion } = this.map;
    if (i === this.selected) return;
    if (i < 0) this.trail = [];
    else if (this.selected >= 0) this.trail.push(this.selected);
    this.selected = i;
    this.neighbors = (i >= 0 && points.nearest?.[i]) || [];
    this.falseNeighbors = [];
    this.cloud = [];
    paper.measureFree(i >= 0);
    this.show();
    if (i >= 0 && !solid.isOn && paper.uncover(i)) motion.goTo(350);
    const event = this.wish.stamp({ category: i < 0 ? null : points.labels[i] });
    clearTimeout(this.emitting);
    this.emitting = setTimeout(() => this.map.emit("select", event), patience);
  }

  clear() {
    if (this.selected >= 0) this.choose(-1);
  }

  /**
   * Select what Python says. Returns true when a category was called for from outside the map.
   *
   * @param {MapData} data
   * @param {Points | null} changedFrom The points until now, where these are others.
   */
  receive(data, changedFrom) {
    const { points, root } = this.map;
    // A frame that left Python before it heard of the click must not undo the click.
    if (this.wish.isUnheard(data.heard.select)) {
      const name = changedFrom?.labels[this.selected];
      if (name !== undefined) this.selected = points.labels.indexOf(name);
      return false;
    }
    const isCalled = points.selected >= 0 && points.labels[points.selected] !== root.dataset.selected;
    if (changedFrom) this.trail = [];
    this.selected = points.selected;
    const known = points.neighbors.length ? points.neighbors : points.nearest?.[this.selected];
    this.neighbors = (this.selected >= 0 && known) || [];
    this.falseNeighbors = this.selected < 0 ? [] : points.falseNeighbors;
    this.cloud = this.selected < 0 ? [] : points.cloud;
    this.knowsNeighbors ||= this.neighbors.length > 0 || Boolean(points.nearest);
    return isCalled;
  }

  findFar() {
    const { points, player } = this.map;
    const places = { ...player.now, z: points.places.z };
    this.far = farNeighbors(places, this.selected, this.neighbors);
  }

  show() {
    const { marks, names, key } = this.map;
    this.findFar();
    this.announce();
    key.draw();
    names.place(marks.x, marks.y);
    this.map.drawOver();
  }

  /** Say what is selected, to the page, to what stands beside the map and to screen readers. */
  announce() {
    const { points, root } = this.map;
    const { selected, neighbors } = this;
    root.classList.toggle("atlas-lit", selected >= 0);
    root.dataset.selected = selected < 0 ? "" : points.labels[selected];
    root.dataset.neighbors = String(neighbors.length);
    announce(this.map);
    const sentence = this.sentence();
    if (sentence === this.spoken) return;
    this.map.speak(sentence || "Nothing is selected.");
    this.spoken = sentence;
  }

  sentence() {
    const { labels, support } = this.map.points;
    if (this.selected < 0) return "";
    const near = this.neighbors.map(([i]) => quoted(labels[i], 40)).join(", ");
    const what = `${quoted(labels[this.selected], 80)}, ${rowCount(support[this.selected])}.`;
    return near ? `${what} Nearest: ${near}.` : what;
  }

  /* -- walking -- */

  /** Select the category with the most rows that is on the paper, where none is selected. */
  chooseMostImportant() {
    const { points, marks } = this.map;
    if (!points.n || this.selected >= 0) return;
    const first = marks.x.findIndex((_, i) => marks.isOnPaper(i));
    if (first >= 0) this.choose(first, WALKING);
  }

  /** @param {[number, number]} direction */
  walk(direction) {
    const { points, marks } = this.map;
    if (!points.n) return;
    if (this.selected < 0) {
      this.chooseMostImportant();
      return;
    }
    const isVisible = (/** @type {number} */ i) => marks.isOnPaper(i);
    const next = nextInDirection(marks.x, marks.y, this.selected, direction, isVisible);
    if (next >= 0) this.choose(next, WALKING);
  }

  /** To the nearest neighbour where this walk has not been yet; to the nearest on the map, where none are known. */
  walkToNeighbor() {
    const { points, area, marks } = this.map;
    const { selected } = this;
    if (!points.n) return;
    if (selected < 0) {
      this.chooseMostImportant();
      return;
    }
    const been = new Set([...this.trail, selected]);
    const isOld = (/** @type {number} */ i) => been.has(i) || area.isHidden(i);
    const near = this.neighbors.length ? this.neighbors : (points.nearest?.[selected] ?? []);
    const here = { x: marks.x[selected], y: marks.y[selected] };
    const next = near.length
      ? near.map(([i]) => i).find((i) => !isOld(i))
      : nearestPoint(marks.x, marks.y, here, () => Infinity, isOld);
    if (next !== undefined && next >= 0) this.chooseInView(next);
  }

  walkBack() {
    const last = this.trail.pop();
    if (last === undefined) return;
    const { trail } = this;
    this.chooseInView(last);
    this.trail = trail;
    // choose() has added the place that was left.
    this.trail.pop();
  }

  /** @param {number} i */
  chooseInView(i) {
    const { solid, paper, motion } = this.map;
    this.choose(i, WALKING);
    if (!solid.isOn && paper.bringIntoView(i)) motion.goTo(250);
  }
}
