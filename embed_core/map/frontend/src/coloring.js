/* What colours the points: Python's choice, or the person's. */

/** @import { CategoryMap } from "./map.js" */
/** @import { Choice, Domain, MapData, Tint } from "./types.d.ts" */

import { announce } from "./beside.js";
import { colorDomain } from "./color.js";
import { Wish } from "./wish.js";

/** @type {Choice} */
export const PLAIN = { name: "", label: "", title: "", scale: "sequential", waits: false };

export class Coloring {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.wish = new Wish();
    /** @type {Choice} */
    this.choice = PLAIN;
    /** Numbers, groups, or neither. @type {Tint} */
    this.tint = {};
    /** @type {Domain | null} */
    this.domain = null;
  }

  get choices() {
    return this.map.data.colorings;
  }

  get diverges() {
    return this.choice.scale === "diverging";
  }

  /**
   * Colour by one of the choices, or by nothing where there is none of that name.
   *
   * @param {string} name
   */
  set(name) {
    this.choice = this.choices.find((each) => each.name === name) ?? PLAIN;
    this.tint = this.map.points.tints[this.choice.name] ?? {};
    this.domain = this.tint.color ? colorDomain(this.tint.color, this.diverges) : null;
  }

  /**
   * Colour by what Python says, unless it has not heard of the person's choice.
   *
   * @param {MapData} data
   */
  receive({ colored, heard }) {
    this.set(this.wish.isUnheard(heard.color) ? this.choice.name : colored);
  }

  /**
   * Colour by what the person has chosen, of what this browser has.
   *
   * @param {string} name
   */
  choose(name) {
    const { map } = this;
    map.emit("color", this.wish.stamp({ color: name }));
    if (this.choices.find((each) => each.name === name)?.waits) return;
    this.set(name);
    map.key.draw();
    map.recolor();
    if (map.solid.isOn) map.solid.show();
    map.card.show();
    announce(map);
  }
}
