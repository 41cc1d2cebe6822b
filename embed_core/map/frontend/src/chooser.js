/* A field that says what colours, or what sizes, the points of a map: it stands where the host wants it. */

/** @import { Host } from "./types.d.ts" */

import { abandon, accompany, mapOf } from "./beside.js";
import { htmlElement } from "./elements.js";
import { shortName } from "./text.js";

let made = 0;

/** @typedef {{ slot: string, label: string, of: "coloring" | "sizing" }} ChooserData */

export class Chooser {
  /**
   * @param {HTMLElement} root
   * @param {Host<ChooserData>} host
   */
  constructor(root, { data }) {
    this.data = data;
    this.offered = "";
    this.label = htmlElement("label");
    this.choice = htmlElement("select", "atlas-choice");
    this.choice.id = this.label.htmlFor = `atlas-chooser-${made++}`;
    this.choice.addEventListener("change", () => {
      mapOf(this.slot)?.[this.data.of].choose(this.choice.value);
    });
    root.replaceChildren(this.label, this.choice);
  }

  get slot() {
    return this.data.slot;
  }

  /** @param {Host<ChooserData>} host */
  take({ data }) {
    this.data = data;
    accompany(this);
    this.label.textContent = data.label;
    this.showMap();
  }

  stop() {
    abandon(this);
  }

  showMap() {
    const map = mapOf(this.slot);
    if (!map) return;
    const { choices, choice } = map[this.data.of];
    const offered = JSON.stringify(choices.map(({ name, label }) => [name, label]));
    if (this.offered !== offered) {
      this.choice.replaceChildren(
        ...choices.map(({ name, label }) => new Option(shortName(label, 40), name)),
      );
      this.offered = offered;
    }
    this.choice.value = choice.name;
  }
}
