/* A field that finds a category by any part of its name, among thousands while it is typed. */

/** @import { Host } from "./types.d.ts" */

import { abandon, accompany, mapOf } from "./beside.js";
import { htmlElement } from "./elements.js";
import { foundBy } from "./finding.js";
import { counts, shortName } from "./text.js";

const MOST_FOUND = 40;
let made = 0;

/**
 * @typedef {object} FinderData
 * @property {string} slot
 * @property {string} label
 * @property {string} placeholder
 * @property {string} help
 * @property {string | null} value
 * @property {boolean} selects Whether what is found is selected on the map.
 */

export class Finder {
  /**
   * @param {HTMLElement} root
   * @param {Host<FinderData>} host
   */
  constructor(root, { data, setTriggerValue }) {
    this.data = data;
    this.emit = setTriggerValue;
    /** @type {string | null} */
    this.value = null;
    /** @type {number[]} */
    this.found = [];
    this.active = 0;
    this.name = `atlas-finder-${made++}`;
    this.label = htmlElement("label");
    this.input = htmlElement("input");
    this.list = htmlElement("ul");
    this.drop = htmlElement("button", "", "×");
    this.build(root);
    this.listen();
  }

  /** @param {HTMLElement} root */
  build(root) {
    Object.assign(this.input, { id: this.name, type: "text", autocomplete: "off", spellcheck: false });
    Object.assign(this.list, { id: `${this.name}-list`, hidden: true });
    this.label.htmlFor = this.name;
    this.drop.type = "button";
    this.drop.setAttribute("aria-label", "Clear");
    this.list.setAttribute("role", "listbox");
    this.input.setAttribute("role", "combobox");
    this.input.setAttribute("aria-controls", this.list.id);
    this.input.setAttribute("aria-expanded", "false");
    root.replaceChildren(this.label, this.input, this.drop, this.list);
  }

  listen() {
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.open(""));
    this.input.addEventListener("input", () => this.open(this.input.value));
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.drop.addEventListener("click", () => this.pick(-1));
    // Before the field loses the focus, which closes the list.
    this.list.addEventListener("pointerdown", (event) => {
      const option = /** @type {Element} */ (event.target).closest("[role=option]");
      event.preventDefault();
      if (option) this.pick(this.found[[...this.list.children].indexOf(option)]);
    });
  }

  get slot() {
    return this.data.slot;
  }

  get map() {
    return mapOf(this.slot);
  }

  /** @param {Host<FinderData>} host */
  take({ data, setTriggerValue }) {
    this.data = data;
    this.emit = setTriggerValue;
    this.value = data.value;
    accompany(this);
    this.label.textContent = data.label;
    this.label.hidden = data.selects;
    this.label.title = this.input.title = data.help;
    this.input.placeholder = data.placeholder;
    if (data.selects) this.input.setAttribute("aria-label", data.label);
    this.showMap();
  }

  stop() {
    abandon(this);
  }

  /** Go to this field, if it is the one that selects. */
  focus() {
    if (this.data.selects) this.input.focus();
  }

  /** Show what is chosen, unless something is being typed. */
  showMap() {
    const { map } = this;
    if (this.data.selects && map) this.value = map.points.labels[map.selection.selected] ?? null;
    this.drop.hidden = this.value === null;
    if (this.list.hidden) this.input.value = this.value === null ? "" : shortName(this.value, 80);
  }

  /** Show the categories that have this in their name. @param {string} typed */
  open(typed) {
    const { map, list } = this;
    if (!map) return;
    const { labels, details } = map.points;
    const isOffered = (/** @type {number} */ i) => this.data.selects || i !== map.selection.selected;
    this.found = foundBy(labels, typed, details).filter(isOffered);
    this.active = 0;
    const option = (/** @type {number} */ i) => {
      const node = htmlElement("li");
      node.setAttribute("role", "option");
      node.append(htmlElement("bdi", "", shortName(labels[i], 60)));
      const detail = details?.[i];
      // With a space, for those who hear it.
      if (detail) node.append(" ", htmlElement("small", "", shortName(detail, 70)));
      return node;
    };
    list.replaceChildren(...this.found.slice(0, MOST_FOUND).map(option));
    const note = noteOn(this.found.length);
    if (note) list.append(htmlElement("li", "atlas-finder-note", note));
    list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark();
    list.scrollIntoView({ block: "nearest" }); // of a panel that scrolls it may be below the end
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.showMap();
  }

  /** Mark the option that Enter would take. */
  mark() {
    const options = [...this.list.querySelectorAll("[role=option]")];
    options.forEach((option, k) => {
      option.id = `${this.name}-${k}`;
      option.setAttribute("aria-selected", String(k === this.active));
    });
    options[this.active]?.scrollIntoView({ block: "nearest" });
    if (options.length) this.input.setAttribute("aria-activedescendant", `${this.name}-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    const isOpen = !this.list.hidden;
    const step = { ArrowDown: 1, ArrowUp: -1 }[event.key];
    const count = Math.min(MOST_FOUND, this.found.length);
    if (step && !isOpen) this.open("");
    else if (step) this.active = (this.active + step + count) % Math.max(1, count);
    else if (event.key === "Enter" && isOpen && count) this.pick(this.found[this.active]);
    else if (event.key === "Escape" && isOpen) this.close();
    else return;
    if (step) this.mark();
    event.preventDefault();
    event.stopPropagation();
  }

  /** Take a category, or with -1 none. @param {number} i */
  pick(i) {
    const { map, data } = this;
    if (!map) return;
    this.list.hidden = true;
    this.input.blur();
    if (data.selects && i < 0) map.selection.clear();
    else if (data.selects) map.selection.chooseInView(i);
    else {
      this.value = i < 0 ? null : map.points.labels[i];
      this.emit("pick", { category: this.value, serial: Date.now() });
    }
    this.close();
  }
}

/** What the list says below its options. @param {number} found */
function noteOn(found) {
  if (!found) return "There is none with that in its name.";
  return found > MOST_FOUND ? `and ${counts.format(found - MOST_FOUND)} more` : "";
}
