/* What colours the points: Python's choice, or the person's, made below the map. */

/** @import { CategoryMap } from "./map.js" */
/** @import { Choice, Domain, MapData, Tint } from "./types.d.ts" */

import { colorDomain } from "./color.js";
import { shortName } from "./text.js";
import { Wish } from "./wish.js";

/** @type {Pick<Choice, "name" | "title" | "scale">} */
const PLAIN = { name: "", title: "", scale: "sequential" };

export class Coloring {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.wish = new Wish();
    this.choice = PLAIN;
    /** Numbers, groups, or neither. @type {Tint} */
    this.tint = {};
    /** @type {Domain | null} */
    this.domain = null;
    this.offered = "";
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
    const { data, points } = this.map;
    this.choice = data.colorings.find((each) => each.name === name) ?? PLAIN;
    this.tint = points.tints[this.choice.name] ?? {};
    this.domain = this.tint.color ? colorDomain(this.tint.color, this.diverges) : null;
  }

  /**
   * Colour by what Python says, unless it has not heard of the person's choice.
   *
   * @param {MapData} data
   */
  receive({ colorings, colored, colors, heard }) {
    const { choice, choosing } = this.map.elements;
    const isUnheard = this.wish.isUnheard(heard.color);
    this.set(isUnheard ? this.choice.name : colored);
    choosing.hidden = !colors;
    const offered = JSON.stringify(colorings.map(({ name, label }) => [name, label]));
    if (this.offered !== offered) {
      choice.replaceChildren(...colorings.map(({ name, label }) => new Option(shortName(label, 40), name)));
      this.offered = offered;
    }
    if (!isUnheard) choice.value = this.choice.name;
  }

  /**
   * Colour by what the person has chosen, of what this browser has.
   *
   * @param {string} name
   */
  choose(name) {
    const { map } = this;
    map.emit("color", this.wish.stamp({ color: name }));
    if (map.data.colorings.find((each) => each.name === name)?.waits) return;
    this.set(name);
    map.key.draw();
    map.recolor();
    if (map.solid.isOn) map.solid.show();
    map.card.show();
  }
}
