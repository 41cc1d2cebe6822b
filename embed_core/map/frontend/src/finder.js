/* A field that finds a category by any part of its name, among thousands while it is typed. */

const MOST_FOUND = 40;
const finders = new Set();
const lowered = new WeakMap();

function foundBy(points, typed) {
  if (!lowered.has(points.labels)) lowered.set(points.labels, points.labels.map((label) => label.toLowerCase()));
  const names = lowered.get(points.labels);
  const part = typed.trim().toLowerCase();
  const at = names.map((name) => name.indexOf(part));
  // Those that begin with it first; among equals the more frequent ones, as they are in order.
  const found = names.map((_, i) => i).filter((i) => at[i] >= 0);
  return part ? found.sort((a, b) => (names[a] === part ? -1 : names[b] === part ? 1 : at[a] - at[b])) : found;
}

class Finder {
  constructor(root) {
    this.root = root;
    this.name = `atlas-finder-${Math.random().toString(36).slice(2)}`;
    this.label = htmlElement("label", "");
    this.input = htmlElement("input", "");
    this.list = htmlElement("ul", "");
    this.drop = htmlElement("button", "", "×");
    Object.assign(this.input, { id: this.name, type: "text", autocomplete: "off", spellcheck: false });
    Object.assign(this.list, { id: `${this.name}-list`, hidden: true });
    this.label.htmlFor = this.name;
    this.drop.type = "button";
    this.drop.setAttribute("aria-label", "Clear");
    this.list.setAttribute("role", "listbox");
    for (const [name, value] of [["role", "combobox"], ["aria-controls", this.list.id], ["aria-expanded", "false"]]) {
      this.input.setAttribute(name, value);
    }
    root.replaceChildren(this.label, this.input, this.drop, this.list);
    this.found = [];
    this.active = 0;
    this.input.addEventListener("focus", () => this.input.select());
    this.input.addEventListener("click", () => this.open(""));
    this.input.addEventListener("input", () => this.open(this.input.value));
    this.input.addEventListener("blur", () => this.close());
    this.input.addEventListener("keydown", (event) => this.press(event));
    this.drop.addEventListener("click", () => this.pick(-1));
    // Before the field loses the focus, which closes the list.
    this.list.addEventListener("pointerdown", (event) => {
      const option = event.target.closest("[role=option]");
      event.preventDefault();
      if (option) this.pick(this.found[[...this.list.children].indexOf(option)]);
    });
  }

  take({ data, setTriggerValue }) {
    Object.assign(this, { data, emit: setTriggerValue, value: data.value });
    this.label.textContent = data.label;
    this.label.hidden = data.selects;
    this.label.title = this.input.title = data.help;
    this.input.placeholder = data.placeholder;
    if (data.selects) this.input.setAttribute("aria-label", data.label);
    this.show();
  }

  get map() {
    return besides.get(this.data.slot);
  }

  /** Show what is chosen, unless something is being typed. */
  show() {
    const { map, data } = this;
    if (data.selects && map?.points) this.value = map.points.labels[map.selected] ?? null;
    this.drop.hidden = this.value === null;
    if (this.list.hidden) this.input.value = this.value === null ? "" : shortName(this.value, 80);
  }

  open(typed) {
    const { map, list } = this;
    if (!map?.points) return;
    this.found = foundBy(map.points, typed).filter((i) => this.data.selects || i !== map.selected);
    this.active = 0;
    const option = (i) => {
      const node = htmlElement("li", "");
      node.setAttribute("role", "option");
      node.append(htmlElement("bdi", "", shortName(map.points.labels[i], 60)));
      return node;
    };
    const more = this.found.length - MOST_FOUND;
    const note = more > 0 ? `and ${counts.format(more)} more` : this.found.length ? "" : "There is none with that in its name.";
    list.replaceChildren(...this.found.slice(0, MOST_FOUND).map(option));
    if (note) list.append(htmlElement("li", "atlas-finder-note", note));
    list.hidden = false;
    this.input.setAttribute("aria-expanded", "true");
    this.mark();
  }

  close() {
    this.list.hidden = true;
    this.input.setAttribute("aria-expanded", "false");
    this.input.removeAttribute("aria-activedescendant");
    this.show();
  }

  mark() {
    const options = [...this.list.querySelectorAll("[role=option]")];
    options.forEach((option, k) => {
      option.id = `${this.name}-${k}`;
      option.setAttribute("aria-selected", k === this.active);
    });
    options[this.active]?.scrollIntoView({ block: "nearest" });
    if (options.length) this.input.setAttribute("aria-activedescendant", `${this.name}-${this.active}`);
    else this.input.removeAttribute("aria-activedescendant");
  }

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

  pick(i) {
    const { map, data } = this;
    if (!map?.points) return;
    this.list.hidden = true;
    this.input.blur();
    if (data.selects && i < 0) map.clear();
    else if (data.selects) map.chooseInView(i);
    else {
      this.value = i < 0 ? null : map.points.labels[i];
      this.emit("pick", { category: this.value, serial: Date.now() });
    }
    this.close();
  }
}

/** What the map has to say has changed. */
function showFinders(map) {
  for (const finder of finders) if (finder.data.slot === map.data.slot) finder.show();
}

atlas.showFinder = (component) => {
  const { parentElement } = component;
  const root = parentElement.querySelector(".atlas-finder");
  const finder = (root.finder ??= new Finder(root));
  finders.add(finder);
  finder.take(component);
  return () => setTimeout(() => !parentElement.isConnected && finders.delete(finder));
};
