/* A map in two dimensions.
 *
 * Plotly draws the points and is given everything whenever the map comes to rest. In between (a finger that drags, a
 * training that runs) its point elements are only moved, which is some twenty times faster than asking Plotly to
 * redraw; where there are too many for elements, a canvas stands in.
 */

/** @import { CategoryMap } from "./map.js" */

import { channels, rgba } from "./color.js";
import { DiscCanvas } from "./discs.js";
import { drawGraticule } from "./ink.js";
import { stillness } from "./motion.js";
import { flatFigure, plotlyRanges } from "./plotly.js";

const ELEMENTS_IN_MOTION = 400; // above this, a canvas moves more smoothly than Plotly's elements
const FADE = { duration: 350, easing: "ease-out" };

export class Flat {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    this.canvas = new DiscCanvas(map.elements.motion);
    /** Plotly's elements, one for each point, where it has made elements. @type {SVGElement[] | null} */
    this.nodes = null;
    /** The view that is on the paper. @type {object | null} */
    this.drawnView = null;
    /** @type {Animation | null} */
    this.fading = null;
  }

  forget() {
    this.nodes = null;
  }

  /** Show the points where they are on the paper now. */
  follow() {
    const { marks, paper } = this.map;
    if (this.nodes && marks.x.length <= ELEMENTS_IN_MOTION) this.moveNodes();
    else this.standIn();
    if (this.drawnView !== paper.view) drawGraticule(this.map);
    this.drawnView = paper.view;
  }

  moveNodes() {
    const { x, y } = this.map.marks;
    this.nodes?.forEach((node, i) => {
      node.setAttribute("transform", `translate(${x[i].toFixed(2)},${y[i].toFixed(2)})`);
    });
  }

  /** New colours at once, without waiting for Plotly, which takes a good part of a second for hundreds. */
  fillNodes() {
    this.map.root.dataset.still = "false";
    this.nodes?.forEach((node, i) => {
      const [r, g, b, alpha] = rgba(this.map.marks.fill[i]);
      node.style.fill = `rgb(${r},${g},${b})`;
      node.style.fillOpacity = String(alpha);
    });
  }

  /** @param {string[]} fill */
  drawDiscs(fill) {
    const { marks, paper, theme } = this.map;
    const { x, y, radius } = marks;
    const rim = channels(theme.paper);
    this.canvas.draw({ x, y, radius, fill, rim, rimWidth: marks.outline().width }, paper);
  }

  /** Show the canvas instead of Plotly's drawing, until sync() has brought that up to date. */
  standIn() {
    const { marks, elements } = this.map;
    this.drawDiscs(marks.fill);
    this.endFade();
    elements.motion.hidden = false;
    elements.plot.style.visibility = "hidden";
  }

  standDown() {
    const { motion, plot } = this.map.elements;
    if (!this.fading) motion.hidden = true;
    plot.style.visibility = "";
  }

  /**
   * Leave the old colours on the canvas above Plotly's new ones, and let them fade.
   *
   * @param {string[]} oldFill
   */
  fadeOut(oldFill) {
    const { motion } = this.map.elements;
    this.drawDiscs(oldFill);
    motion.hidden = false;
    this.fading = motion.animate([{ opacity: 1 }, { opacity: 0 }], FADE);
    this.fading.onfinish = () => {
      this.endFade();
      this.standDown();
    };
  }

  endFade() {
    this.fading?.cancel();
    this.fading = null;
  }

  /** Bring Plotly's drawing up to date, and take the canvas away when that is done. */
  sync() {
    const { points, player, drawing, marks, paper, theme, solid, motion, shown } = this.map;
    if (!paper.width || solid.isOn) return;
    // Plotly takes a second for thousands of points, and the next frame is on its way.
    if (shown?.moving && points.n > ELEMENTS_IN_MOTION) return;
    const { fill, radius } = marks;
    const { width, height, view } = paper;
    const ingredients = { x: player.now.x, fill, radius, ground: theme.paper, width, height };
    if (!drawing.isMadeOf(ingredients)) this.redraw();
    else if (!drawing.isMadeOf({ view })) {
      if (this.nodes) this.redraw();
      else drawing.change(plotlyRanges(view, paper));
    }
    drawing.madeOf = { ...ingredients, view };
    const { pending } = drawing;
    const end = () => {
      const isTrue =
        drawing.pending === pending && drawing.isMadeOf({ x: player.now.x, view: this.map.paper.view });
      // A canvas that is still needed stays: something has begun to move again, or is being drawn once more.
      if (isTrue && !player.isPlaying && !motion.isGliding) this.standDown();
    };
    pending.then(() => requestAnimationFrame(end));
  }

  redraw() {
    const { points, drawing, marks, elements, root } = this.map;
    const { trace, layout } = flatFigure(this.map);
    drawing.draw(trace, layout, { staticPlot: true, displayModeBar: false });
    /** @type {NodeListOf<SVGElement>} */
    const nodes = elements.plot.querySelectorAll(".scatterlayer .points path");
    this.nodes = nodes.length === points.n && points.n > 0 ? [...nodes] : null;
    // Plotly has put the points where they are going; those under way go on from where they were.
    if (marks.x.length === points.n) this.moveNodes();
    root.dataset.redraws = String(Number(root.dataset.redraws ?? 0) + 1);
  }

  /**
   * Colours that have changed fade into one another: elements by the style sheet, many points by a canvas above them.
   *
   * @param {string[]} before The colours until now.
   * @param {boolean} moves Whether the points are about to move.
   */
  recolor(before, moves) {
    const { drawing, marks, theme, motion, elements } = this.map;
    const { fill, radius } = marks;
    const shape = { radius, ground: theme.paper };
    if (drawing.isMadeOf({ fill, ...shape }) || !drawing.madeOf.fill) return;
    if (this.nodes && !moves && drawing.isMadeOf(shape)) {
      this.fillNodes();
      motion.rest();
      return;
    }
    const isAtRest = !this.nodes && elements.motion.hidden && !moves;
    if (!this.nodes && !isAtRest) return;
    if (isAtRest && !stillness()) this.fadeOut(before);
    this.sync();
  }
}
