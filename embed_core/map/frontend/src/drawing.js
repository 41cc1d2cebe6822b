/* Bringing the points to where the view wants them, and Plotly up to date. */

const ELEMENTS_IN_MOTION = 400; // above this, a canvas moves more smoothly than Plotly's elements

const drawingMethods = {
  target() {
    const { points, view, width, height } = this;
    return [
      points.x.map((value) => width / 2 + (value - view.x) / view.unit),
      points.y.map((value) => height / 2 - (value - view.y) / view.unit),
    ];
  },

  /** Bring the points to where the view wants them, in `duration` milliseconds. */
  goTo(duration, ease = easeOut) {
    cancelAnimationFrame(this.animation);
    const [toX, toY] = this.target();
    const [fromX, fromY] = [this.px, this.py];
    this.placeNames(toX, toY);
    if (!duration || fromX.length !== toX.length || stillness.matches) {
      this.glideEnd = 0;
      this.moveTo(toX, toY);
      this.rest();
      return;
    }
    this.glideEnd = performance.now() + duration;
    let start;
    const step = (now) => {
      start ??= now;
      const t = ease(Math.min(1, (now - start) / duration));
      this.moveTo(
        toX.map((value, i) => fromX[i] + (value - fromX[i]) * t),
        toY.map((value, i) => fromY[i] + (value - fromY[i]) * t),
      );
      if (now - start < duration) this.animation = requestAnimationFrame(step);
      else this.rest();
    };
    this.animation = requestAnimationFrame(step);
  },

  /** Draw the points where they are now. */
  paint(placeNames) {
    const [x, y] = this.target();
    if (placeNames) this.placeNames(x, y);
    this.moveTo(x, y);
    this.rest();
  },

  moveTo(x, y) {
    this.px = x;
    this.py = y;
    if (this.root.dataset.still !== "false") this.root.dataset.still = "false";
    if (this.nodes && x.length <= ELEMENTS_IN_MOTION) this.moveNodes();
    else this.standIn();
    if (this.drawnView !== this.view) drawGraticule(this.under, this);
    this.drawnView = this.view;
    drawOver(this.over, this);
    showCard(this.card, this);
  },

  moveNodes() {
    const { px, py } = this;
    const place = (i) => `translate(${px[i].toFixed(2)},${py[i].toFixed(2)})`;
    this.nodes?.forEach((node, i) => node.setAttribute("transform", place(i)));
  },

  /** New colours at once, without waiting for Plotly, which takes a good part of a second for hundreds. */
  fillNodes() {
    this.root.dataset.still = "false";
    this.nodes.forEach((node, i) => {
      const [r, g, b, alpha] = this.fill[i].match(/[\d.]+/g);
      node.style.fill = `rgb(${r},${g},${b})`;
      node.style.fillOpacity = alpha;
    });
  },

  /** Show the canvas instead of Plotly's drawing, until sync() has brought that up to date. */
  standIn() {
    drawMotion(this.motion, this, this.fill);
    this.endFade();
    this.motion.hidden = false;
    this.plot.style.visibility = "hidden";
  },

  standDown() {
    if (!this.fading) this.motion.hidden = true;
    this.plot.style.visibility = "";
  },

  /** Leave the old colours on the canvas above Plotly's new ones, and let them fade. */
  fadeOut(oldFill) {
    drawMotion(this.motion, this, oldFill);
    this.motion.hidden = false;
    this.fading = this.motion.animate([{ opacity: 1 }, { opacity: 0 }], { duration: 350, easing: "ease-out" });
    this.fading.onfinish = () => {
      this.endFade();
      this.standDown();
    };
  },

  endFade() {
    this.fading?.cancel();
    this.fading = null;
  },

  /** When nothing has moved for a moment, let Plotly know where everything is. */
  rest() {
    clearTimeout(this.resting);
    this.resting = setTimeout(() => {
      this.sync();
      this.placeNames(this.px, this.py);
      drawOver(this.over, this);
      this.root.dataset.still = "true";
    }, this.cameWithMotion ? 3 * REST_DELAY : REST_DELAY);
  },

  sync() {
    if (!this.width || !this.view || this.isSolid) return;
    // Plotly takes a second for thousands of points, and the next frame is on its way.
    if (this.shown?.moving && this.points.n > ELEMENTS_IN_MOTION) return;
    const { points, plotly, view, told } = this;
    const telling = [points.x, this.fill, this.radius, this.theme.paper, this.width, this.height];
    const samePoints = sameList(telling, told.telling);
    if (!samePoints || told.view !== view) {
      this.told = { telling, view };
      if (samePoints && !this.nodes) this.drawing = plotly.relayout(this.plot, plotlyRanges(this));
      else this.tellPlotly();
    }
    const drawing = this.drawing;
    // A canvas that is still needed stays: something has begun to move again, or is being drawn anew.
    Promise.resolve(drawing).then(() => requestAnimationFrame(() => {
      const isTold = this.drawing === drawing && this.told.view === this.view && this.told.telling[0] === this.points.x;
      if (isTold && !this.isPlaying && performance.now() >= this.glideEnd) this.standDown();
    }));
  },

  tellPlotly() {
    const { points } = this;
    const { traces, layout } = plotlyFigure(this);
    this.drawing = this.plotly.react(this.plot, traces, layout, { staticPlot: true, displayModeBar: false });
    const nodes = [...this.plot.querySelectorAll(".scatterlayer .points path")];
    this.nodes = nodes.length === points.n && points.n > 0 ? nodes : null;
    // Plotly has put the points where they are going; those under way go on from where they were.
    if (this.px.length === points.n) this.moveNodes();
    this.root.dataset.redraws = Number(this.root.dataset.redraws ?? 0) + 1;
  },

  /** Colours that have changed fade into one another: elements by the style sheet, many points by a canvas above them. */
  recolor({ atOnce = false, moves = false } = {}) {
    const before = this.fill;
    const fill = fills(this);
    if (!sameList(fill, before)) this.fill = fill;
    this.root.classList.toggle("atlas-at-once", atOnce);
    const [, toldFill, toldRadius, toldPaper] = this.told.telling ?? [];
    const isTold = toldFill === this.fill && toldRadius === this.radius && toldPaper === this.theme.paper;
    if (this.isSolid || atOnce || isTold || !toldFill) return;
    if (this.nodes && !moves && toldRadius === this.radius && toldPaper === this.theme.paper) {
      this.fillNodes();
      this.rest();
      return;
    }
    const isAtRest = !this.nodes && this.motion.hidden && !moves;
    if (this.nodes || isAtRest) {
      if (isAtRest && !stillness.matches) this.fadeOut(before);
      this.sync();
    }
  },

  /** Draw what is around points that have stayed where they were. */
  refresh() {
    this.placeNames(this.px, this.py);
    drawGraticule(this.under, this);
    drawOver(this.over, this);
    showCard(this.card, this);
  },

  placeNames(x, y) {
    const { points, radius, width, height, isHidden, isSolid } = this;
    const focus = this.selected < 0 ? [] : [this.selected, ...this.neighbors.map(([i]) => i)];
    if (this.selected >= 0) focus.push(...this.falseNeighbors);
    const must = new Set(focus);
    const held = this.cameWithMotion || isSolid ? [...this.labels.keys()].sort((a, b) => a - b) : [];
    const rest = Array.from({ length: Math.min(points.n, 4000) }, (_, i) => i);
    const members = this.member ? points.labels.map((_, i) => i).filter((i) => this.member[i]) : [];
    const most = Math.round(Math.min(120, Math.max(10, (width * height) / 5200)));
    this.labels = placeLabels({
      order: [...focus, ...members, ...held, ...rest],
      ...{ must, x, y, radius, width, height, isHidden },
      most: isSolid ? Math.min(18, most) : most,
      style: (i) => nameStyle(this, i, must),
      held: this.labels,
      closed: [
        { x0: width - 46, y0: 0, x1: width, y1: this.mayArea && !isSolid ? 166 : 138 }, // the buttons
        ...(isSolid ? this.solidTitles : []),
      ],
    });
  },
};
