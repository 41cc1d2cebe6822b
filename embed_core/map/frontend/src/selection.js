/* The selected category. Python owns it; this draws what is about to be true, and walks from one to the next. */

const PATIENCE = 10000; // milliseconds in which Python may not have heard of a click

const selectionMethods = {
  choose(i, patience = 0) {
    if (i === this.selected) return;
    if (i < 0) this.trail = [];
    else if (this.selected >= 0) this.trail.push(this.selected);
    this.selected = i;
    this.neighbors = (i >= 0 && this.points.nearest?.[i]) || [];
    this.falseNeighbors = [];
    this.showSelection();
    this.sentSerial = Math.max(Date.now(), this.sentSerial + 1);
    const event = { category: i < 0 ? null : this.points.labels[i], serial: this.sentSerial };
    clearTimeout(this.emitting);
    this.emitting = setTimeout(() => this.emit("select", event), patience);
  },

  clear() {
    if (this.selected >= 0) this.choose(-1);
  },

  isUnheard(serial, heard) {
    return serial > heard && Date.now() - serial < PATIENCE;
  },

  /** Returns true when a category was called for from outside the map. */
  takeSelection(data, changedFrom) {
    const { points } = this;
    // A frame that left Python before it heard of the click must not undo the click.
    if (this.isUnheard(this.sentSerial, data.heard.select)) {
      const name = changedFrom?.labels[this.selected];
      if (name !== undefined) this.selected = points.labels.indexOf(name);
      return false;
    }
    const called = points.selected >= 0 && points.labels[points.selected] !== this.root.dataset.selected;
    if (changedFrom) this.trail = [];
    this.selected = points.selected;
    const told = points.neighbors.length ? points.neighbors : points.nearest?.[this.selected];
    this.neighbors = (this.selected >= 0 && told) || [];
    this.falseNeighbors = this.selected < 0 ? [] : points.falseNeighbors;
    this.knowsNeighbors ||= this.neighbors.length > 0 || Boolean(points.nearest);
    return called;
  },

  /** True neighbours that are not among as many nearest on this map. */
  findFar() {
    const { points, neighbors, selected } = this;
    this.far = new Set();
    if (selected < 0 || !neighbors.length) return;
    const { x, y, z } = points;
    const distance = (i) =>
      Math.hypot(x[i] - x[selected], y[i] - y[selected], z ? z[i] - z[selected] : 0);
    const others = Float64Array.from({ length: points.n }, (_, i) => (i === selected ? Infinity : distance(i))).sort();
    const reach = others[Math.min(neighbors.length, points.n - 1) - 1] * (1 + 1e-6);
    for (const [i] of neighbors) if (distance(i) > reach) this.far.add(i);
  },

  showSelection() {
    this.findFar();
    this.announce();
    drawFooter(this.footer, this);
    this.placeNames(this.px, this.py);
    drawOver(this.over, this);
    showCard(this.card, this);
  },

  announce() {
    const { points, selected, neighbors } = this;
    this.root.classList.toggle("atlas-lit", selected >= 0);
    this.root.dataset.selected = selected < 0 ? "" : points.labels[selected];
    this.root.dataset.neighbors = neighbors.length;
    const near = neighbors.map(([i]) => quoted(points.labels[i], 40)).join(", ");
    const sentence =
      selected < 0 ? "" : `${quoted(points.labels[selected], 80)}, ${rowCount(points.support[selected])}.` +
          (near && ` Nearest: ${near}.`);
    showPanel(this);
    if (sentence === this.announced) return;
    if (sentence || this.announced) this.speak(sentence || "Nothing is selected.");
    this.announced = sentence;
  },

  /* -- walking -- */

  isOnPaper(i) {
    const { px, py, width, height } = this;
    return !this.isHidden(i) && px[i] > 0 && py[i] > 0 && px[i] < width && py[i] < height;
  },

  chooseMostImportant() {
    if (!this.points?.n || this.selected >= 0) return;
    const first = this.px.findIndex((_, i) => this.isOnPaper(i));
    if (first >= 0) this.choose(first, 160);
  },

  walk(dx, dy) {
    if (!this.points?.n) return;
    if (this.selected < 0) {
      this.chooseMostImportant();
      return;
    }
    const next = nextInDirection(this.px, this.py, this.selected, [dx, dy], (i) => this.isOnPaper(i));
    if (next >= 0) this.choose(next, 160);
  },

  /** To the nearest neighbour where this walk has not been yet; on the map, where nobody has told the true ones. */
  walkToNeighbor() {
    if (!this.points?.n) return;
    if (this.selected < 0) {
      this.chooseMostImportant();
      return;
    }
    const { points, selected, px, py } = this;
    const been = new Set([...this.trail, selected]);
    const isNew = (i) => !been.has(i) && !this.isHidden(i);
    const near = (this.neighbors.length ? this.neighbors : (points.nearest?.[selected] ?? [])).map(([i]) => i);
    let next = near.find(isNew) ?? -1;
    if (!near.length) {
      const gap = (i) => (isNew(i) ? Math.hypot(px[i] - px[selected], py[i] - py[selected]) : Infinity);
      next = px.reduce((best, _, i) => (gap(i) < (best < 0 ? Infinity : gap(best)) ? i : best), -1);
    }
    if (next >= 0) this.chooseInView(next);
  },

  walkBack() {
    if (!this.trail.length) return;
    const last = this.trail.pop();
    const trail = this.trail;
    this.chooseInView(last);
    this.trail = trail;
    // choose() has added the place that was left.
    this.trail.pop();
  },

  chooseInView(i) {
    this.choose(i, 160);
    if (!this.isSolid && this.bringIntoView(i)) this.goTo(250);
  },

  escape() {
    if (!this.menu.hidden) this.toggleMenu(false);
    else if (this.selected >= 0) this.clear();
    else if (this.member) this.setArea([]);
    else if (this.isArea) this.toggleArea();
  },
};
