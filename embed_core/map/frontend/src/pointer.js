/* What the gestures do. */

const NAMES_DELAY = 90; // milliseconds; in a drag, names need not find new places in every frame

const pointerMethods = {
  pan(dx, dy) {
    if (this.isSolid) this.turnSolid(dx, dy);
    if (this.isSolid || !this.view) return;
    this.view = { ...this.view, x: this.view.x - dx * this.view.unit, y: this.view.y + dy * this.view.unit };
    this.byHand();
  },

  zoom(factor, x, y) {
    const { view, width, height } = this;
    if (this.isSolid) this.zoomSolid(factor);
    if (this.isSolid || !view) return;
    const widest = viewOf(this.bounds, width, height).unit;
    const unit = Math.min(widest * 3, Math.max(widest / 500, view.unit / factor));
    const [dx, dy] = [x - width / 2, height / 2 - y];
    this.view = { x: view.x + dx * (view.unit - unit), y: view.y + dy * (view.unit - unit), unit };
    this.byHand();
  },

  byHand() {
    if (!this.points?.n) return;
    this.userView = true;
    this.stage.classList.add("atlas-held");
    cancelAnimationFrame(this.painting);
    this.painting = requestAnimationFrame((now) => {
      cancelAnimationFrame(this.animation);
      this.glideEnd = 0;
      const late = now - (this.namesTime ?? 0) > NAMES_DELAY;
      if (late) this.namesTime = now;
      this.paint(late);
    });
    // Where frames keep coming, the map never rests.
    clearTimeout(this.letGo);
    this.letGo = setTimeout(() => this.sync(), REST_DELAY);
  },

  zoomStep(factor) {
    if (!this.points?.n) return;
    if (this.isSolid) {
      this.zoomSolid(factor);
      return;
    }
    this.zoom(factor, this.width / 2, this.height / 2);
    cancelAnimationFrame(this.painting);
    this.goTo(200);
  },

  fit() {
    clearTimeout(this.clearing);
    if (!this.points?.n) return;
    if (this.isSolid) {
      this.moveCamera(FIRST_CAMERA);
      return;
    }
    this.userView = false;
    this.stage.classList.remove("atlas-held");
    this.bounds = this.wholeBounds();
    this.view = viewOf(this.bounds, this.width, this.height);
    this.goTo(250);
  },

  /** The point under the pointer, or -1: the nearest one whose disc (and a little around it) is hit. */
  pointAt(x, y, touch) {
    let best = -1;
    let least = Infinity;
    for (let i = 0; i < this.px.length; i++) {
      const distance = Math.hypot(this.px[i] - x, this.py[i] - y);
      if (distance >= least || this.isHidden(i)) continue;
      if (distance <= Math.max(this.radius[i] + 3, touch ? 20 : 7)) [least, best] = [distance, i];
    }
    return best;
  },

  hover(x, y, touch) {
    const i = this.points?.n ? this.pointAt(x, y, touch) : -1;
    if (i === this.hovered) return;
    this.silent = false;
    this.hovered = i;
    this.stage.classList.toggle("atlas-on-point", i >= 0);
    drawOver(this.over, this);
    showCard(this.card, this);
  },

  leave() {
    this.hover(-1e6, -1e6, false);
  },

  click(x, y, touch) {
    if (!this.points?.n) return;
    clearTimeout(this.clearing);
    if (!this.menu.hidden) this.toggleMenu(false);
    const i = this.pointAt(x, y, touch);
    if (i >= 0) this.choose(i);
    // A second click may be on its way: a double click fits the map and leaves the selection alone.
    else if (this.selected >= 0) this.clearing = setTimeout(() => this.clear(), 360);
    else if (this.isArea) this.clearing = setTimeout(() => this.setArea([]), 360);
    this.hover(x, y, touch);
    // With a mouse the card has been read before the click, and now would only cover the neighbours.
    this.silent = !touch;
    showCard(this.card, this);
  },
};
