/* What sizes the points: the rows, or what Python or the person has chosen. */

/** @import { CategoryMap } from "./map.js" */
/** @import { Choice, MapData } from "./types.d.ts" */

import { announce } from "./beside.js";
import { PLAIN } from "./coloring.js";
import { sizeWeights } from "./data.js";
import { Wish } from "./wish.js";

export class Sizing {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.wish = new Wish();
    /** @type {Choice} */
    this.choice = PLAIN;
    /** The values that size the points; null for the rows. @type {(number | null)[] | null} */
    this.values = null;
    /** How large each point is, from 0 to 1. @type {number[]} */
    this.weight = [];
  }

  get choices() {
    return this.map.data.sizings;
  }

  /** @param {string} name */
  set(name) {
    const { points } = this.map;
    const choice = this.choices.find((each) => each.name === name) ?? PLAIN;
    const values = points.sizes[choice.name] ?? null;
    if (values !== this.values || choice.name !== this.choice.name || this.weight.length !== points.n) {
      this.weight = values ? sizeWeights(values) : points.weight;
    } else if (!values) this.weight = points.weight;
    this.choice = choice;
    this.values = values;
  }

  /** @param {MapData} data */
  receive({ sized, heard }) {
    this.set(this.wish.isUnheard(heard.size) ? this.choice.name : sized);
  }

  /** @param {string} name */
  choose(name) {
    const { map } = this;
    map.emit("size", this.wish.stamp({ size: name }));
    if (this.choices.find((each) => each.name === name)?.waits) return;
    this.set(name);
    map.marks.setRadii();
    map.key.draw();
    if (map.solid.isOn) map.solid.show();
    else {
      map.names.place(map.marks.x, map.marks.y);
      map.flat.sync();
      map.drawOver();
    }
    announce(map);
  }
}
