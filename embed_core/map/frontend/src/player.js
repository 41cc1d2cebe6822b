/* The way to this map, frame by frame: a slider, and a button that plays it. */

/** @import { CategoryMap } from "./map.js" */

import { iconed } from "./elements.js";
import { stillness } from "./motion.js";
import { counts, quoted } from "./text.js";
import { within } from "./view.js";

const REPLAY = { total: 7000, least: 60, most: 500, seek: 220 }; // milliseconds: all frames, one frame, one jump
const NAMES_DELAY = 240;
const KEPT = 4; // unpacked frames

/** @typedef {{ x: Float64Array, y: Float64Array }} Plane */

export class Player {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    /** The frame that is shown, with fractions on the way from one to the next. */
    this.time = 0;
    /** Where the points are in the data's plane at that time. @type {Plane} */
    this.now = map.points.places;
    this.isPlaying = false;
    this.animation = 0;
    /** @type {Map<number, Plane>} */
    this.unpacked = new Map();
  }

  /** @param {AbortSignal} signal */
  listen(signal) {
    const { playButton, slider } = this.map.elements;
    playButton.addEventListener("click", () => this.toggle(), { signal });
    slider.addEventListener("input", () => this.seek(Number(slider.value)), { signal });
    slider.addEventListener(
      "keydown",
      (event) => {
        if (event.key !== " ") return;
        event.preventDefault();
        this.toggle();
      },
      { signal },
    );
  }

  stop() {
    cancelAnimationFrame(this.animation);
  }

  /** Begin with other places, at the last frame; the same map stays where the person has put it. */
  receive() {
    const { places } = this.map.points;
    this.now = places;
    this.time = places.frames?.last ?? 0;
    this.unpacked = new Map();
  }

  /**
   * Show the slider where there are frames.
   *
   * @param {boolean} isNew Whether the places are others than before.
   */
  show(isNew) {
    const { points, solid, elements } = this.map;
    const { frames } = points.places;
    elements.player.hidden = !frames || solid.isOn;
    if (!isNew) return;
    this.isPlaying = false;
    this.pause();
    if (!frames) return;
    elements.slider.max = String(frames.last);
    this.showFrame();
  }

  /**
   * @param {number} k
   * @returns {Plane}
   */
  placesAt(k) {
    const { places } = this.map.points;
    const { frames } = places;
    if (!frames || k >= frames.last) return places;
    let plane = this.unpacked.get(k);
    if (!plane) {
      if (this.unpacked.size >= KEPT) this.unpacked.clear();
      plane = { x: frames.x(k), y: frames.y(k) };
      this.unpacked.set(k, plane);
    }
    return plane;
  }

  /**
   * Put the points between two frames.
   *
   * @param {number} time
   * @param {boolean} placeNames
   */
  setTime(time, placeNames) {
    this.time = time;
    const k = Math.floor(time);
    const [a, b, t] = [this.placesAt(k), this.placesAt(k + 1), time - k];
    const between = (/** @type {Float64Array} */ from, /** @type {Float64Array} */ to) =>
      from.map((value, i) => value + (to[i] - value) * t);
    this.now = t === 0 ? { x: a.x, y: a.y } : { x: between(a.x, b.x), y: between(a.y, b.y) };
    this.map.motion.paint(placeNames);
    this.showFrame();
  }

  /** The frame in words. */
  text() {
    const { frames } = this.map.points.places;
    if (!frames) return "";
    const k = Math.round(this.time);
    const value = frames.values[k] ? ` · ${quoted(frames.values[k], 60)}` : "";
    return `${frames.name} ${counts.format(frames.numbers[k])}${value}`;
  }

  showFrame() {
    const { points, root, elements } = this.map;
    const { slider, frameText } = elements;
    const k = Math.round(this.time);
    root.dataset.frame = String(points.places.frames?.numbers[k]);
    if (Number(slider.value) !== k) slider.value = String(k);
    const text = this.text();
    if (frameText.textContent === text) return;
    frameText.textContent = text;
    slider.setAttribute("aria-valuetext", text);
  }

  toggle() {
    if (this.isPlaying) {
      this.pause();
      return;
    }
    const last = this.map.points.places.frames?.last ?? 0;
    if (last < 1) return;
    const start = this.time >= last ? 0 : this.time;
    const each = within(REPLAY.total / last, REPLAY.least, REPLAY.most);
    this.run(start, last, (last - start) * each, true);
  }

  /** @param {number} to */
  seek(to) {
    this.run(this.time, to, REPLAY.seek, false);
  }

  /**
   * Let the time run.
   *
   * @param {number} from
   * @param {number} to
   * @param {number} duration
   * @param {boolean} isPlaying Whether it is played, or only on its way to where the person wants it.
   */
  run(from, to, duration, isPlaying) {
    const { motion } = this.map;
    this.pause();
    this.isPlaying = isPlaying;
    motion.isFlowing = true;
    this.dress();
    motion.halt();
    /** @type {number | undefined} */
    let start;
    let named = -Infinity;
    const step = (/** @type {number} */ now) => {
      start ??= now;
      const isStill = stillness();
      const part = isStill && !isPlaying ? 1 : Math.min(1, (now - start) / duration);
      const time = from + (to - from) * part;
      const placesNames = part === 1 || now - named > NAMES_DELAY;
      if (placesNames) named = now;
      this.setTime(isStill ? Math.round(time) : time, placesNames);
      if (part < 1) this.animation = requestAnimationFrame(step);
      else this.pause();
    };
    this.animation = requestAnimationFrame(step);
  }

  pause() {
    const { points, data, motion, selection } = this.map;
    cancelAnimationFrame(this.animation);
    const wasPlaying = this.isPlaying;
    this.isPlaying = false;
    this.dress();
    if (!points.places.frames) return;
    motion.isFlowing = data.moving;
    selection.findFar();
    if (wasPlaying) this.map.speak(this.text());
  }

  dress() {
    const { playButton } = this.map.elements;
    const label = this.isPlaying ? "Pause" : "Play";
    if (playButton.getAttribute("aria-label") === label) return;
    playButton.setAttribute("aria-label", label);
    playButton.title = label;
    playButton.innerHTML = iconed(this.isPlaying ? "pause" : "play");
  }
}
