/* A lit area: a lasso or a box around categories. Python owns which group is lit, as it owns the selection. */

const areaMethods = {
  toggleArea() {
    if (!this.mayArea || this.isSolid) return;
    this.isArea = !this.isArea;
    this.dressArea();
    if (this.isArea) this.speak("Draw around categories to select them.");
  },

  dressArea() {
    const button = this.root.querySelector(".atlas-do-area");
    button.hidden = !this.mayArea || this.isSolid;
    if (button.hidden) this.isArea = false;
    button.setAttribute("aria-pressed", String(this.isArea));
    this.stage.classList.toggle("atlas-drawing", this.isArea);
  },

  /** What a drag draws: nothing (it moves the paper), a lasso, or with Shift a box. */
  areaShape(shift) {
    if (!this.mayArea || this.isSolid || !this.points?.n) return null;
    return shift ? "box" : this.isArea ? "lasso" : null;
  },

  drawArea(path) {
    const line = this.over.querySelector(".atlas-area-line");
    line.setAttribute("d", path ? `M${path.map(({ x, y }) => `${x.toFixed(1)},${y.toFixed(1)}`).join("L")}Z` : "");
  },

  takeArea(path) {
    this.drawArea(null);
    const members = [];
    for (let i = 0; i < this.points.n; i++) {
      if (!this.isHidden(i) && isInside(path, this.px[i], this.py[i])) members.push(i);
    }
    this.setArea(members);
  },

  /** Light an area up at once, and tell Python. */
  setArea(members) {
    if (!members.length && !this.member) return;
    this.lightUp(members);
    this.recolor();
    this.showSelection();
    this.speak(members.length ? `${categoryCount(members.length)} in the area.` : "The area is cleared.");
    this.sentArea = Math.max(Date.now(), this.sentArea + 1);
    this.emit("area", { categories: members.map((i) => this.points.labels[i]), serial: this.sentArea });
  },

  lightUp(members) {
    const { n } = this.points;
    this.member = members.length ? new Uint8Array(n) : null;
    for (const i of members) this.member[i] = 1;
    this.root.dataset.area = members.length;
  },

  /** Returns true when the map is to be framed anew: other members are alone on it, or all are back. */
  takeGroup(data, changedFrom) {
    if (!this.isUnheard(this.sentArea, data.heard.area)) this.lightUp(this.points.group);
    else if (changedFrom) {
      const lit = new Set(changedFrom.labels.filter((_, i) => this.member?.[i]));
      this.lightUp(this.points.labels.flatMap((label, i) => (lit.has(label) ? [i] : [])));
    }
    this.isolated = data.isolated && this.member !== null;
    const alone = this.isolated ? this.member.join("") : "";
    const changed = alone !== (this.alone ?? "");
    this.alone = alone;
    return changed;
  },
};
