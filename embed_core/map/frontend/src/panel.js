/* The panel beside a map: its selected category and the nearest ones, drawn with the click itself. */

/** @import { CategoryMap } from "./map.js" */
/** @import { Host, Neighbor, Points } from "./types.d.ts" */

import { abandon, accompany, mapOf } from "./beside.js";
import { DETAIL_LENGTH } from "./card.js";
import { htmlElement } from "./elements.js";
import { apart, rowCount, shortName } from "./text.js";

const FIRMLY = 10; // rows from which a neighbour's bar is more than half as dark as it can be

/**
 * @typedef {object} PanelData
 * @property {string} slot
 * @property {string} title
 * @property {string} invitation
 * @property {string} note
 * @property {string} stability_note
 */

export class Panel {
  /**
   * @param {HTMLElement} root
   * @param {Host<PanelData>} host
   */
  constructor(root, { data }) {
    this.root = root;
    this.data = data;
    this.drawn = "";
    this.name = "";
  }

  get slot() {
    return this.data.slot;
  }

  /** @param {Host<PanelData>} host */
  take({ data }) {
    this.data = data;
    accompany(this);
    const map = mapOf(data.slot);
    if (map) this.showMap(map);
  }

  stop() {
    toTheTop(this.root);
    abandon(this);
  }

  /** @param {CategoryMap} map */
  showMap(map) {
    const { points } = map;
    const { selected, neighbors } = map.selection;
    const name = selected < 0 ? "" : points.labels[selected];
    const drawn = JSON.stringify([this.data, name, factsOf(points, selected), neighbors]);
    if (this.drawn === drawn) return;
    this.drawn = drawn;
    if (name !== this.name) toTheTop(this.root);
    this.name = name;
    this.root.dataset.shown = String(selected >= 0);
    if (selected < 0) {
      const { title, invitation } = this.data;
      this.root.replaceChildren(htmlElement("h2", "", title), htmlElement("p", "", invitation));
      return;
    }
    const hadFocus = this.root.contains(document.activeElement);
    const list = htmlElement("ol");
    const nearness = nearnessOf(neighbors.map(([, distance]) => distance));
    list.append(...neighbors.map((each, place) => neighborRow(map, each, nearness[place])));
    this.root.replaceChildren(
      htmlElement("h2", "", shortName(name, 120)),
      closeButton(map),
      htmlElement("p", "", factsOf(points, selected)),
      list,
      htmlElement("p", "", this.notes(points, neighbors)),
    );
    if (hadFocus) list.querySelector("button")?.focus();
  }

  /** @param {Points} points @param {Neighbor[]} neighbors */
  notes({ stability }, neighbors) {
    const { note, stability_note } = this.data;
    const hasStability = neighbors.some(([i]) => stability && stability[i] >= 0);
    return [note, hasStability ? stability_note : ""].filter(Boolean).join(" ");
  }
}

/** What was read to its end begins at its top with the next category, if it scrolls by itself. @param {Element} root */
function toTheTop(root) {
  for (let above = root.parentElement; above; above = above.parentElement) {
    if (getComputedStyle(above).overscrollBehaviorY === "contain") above.scrollTop = 0;
  }
}

/** @param {CategoryMap} map */
function closeButton(map) {
  const close = htmlElement("button", "atlas-panel-close", "×");
  close.type = "button";
  close.setAttribute("aria-label", "Close");
  close.title = "Close (Esc on the map)";
  close.addEventListener("click", () => map.selection.clear());
  return close;
}

/** @param {Points} points @param {number} i */
function factsOf({ support, details }, i) {
  if (i < 0) return "";
  const line = details?.[i] ? shortName(details[i], DETAIL_LENGTH) : "";
  return [rowCount(support[i]), line].filter(Boolean).join(" · ");
}

/**
 * How near each neighbour is, of the nearest one: half as near is twice as far. What hardly differs from 0 is all one.
 *
 * @param {number[]} distances
 */
export function nearnessOf(distances) {
  const hardly = Math.max(...distances, 1e-12) / 50;
  const least = Math.min(...distances);
  return distances.map((distance) => (least + hardly) / (distance + hardly));
}

/**
 * A neighbour as a button with a bar as long as it is near, paler with few rows.
 *
 * @param {CategoryMap} map
 * @param {Neighbor} neighbor
 * @param {number} nearness
 */
function neighborRow(map, [i, distance], nearness) {
  const { labels, support, stability } = map.points;
  const away = apart(distance);
  const share = stability?.[i] ?? Number.NaN;
  const sure = share >= 0 ? `${Math.round(100 * share)} %` : "";
  const row = htmlElement("button");
  row.type = "button";
  row.title = `${shortName(labels[i], 120)}, ${rowCount(support[i])}`;
  row.setAttribute("aria-label", `${row.title}, distance ${away}${sure && `, stability ${sure}`}`);
  const bar = htmlElement("span", "atlas-panel-bar");
  bar.style.width = `${100 * nearness}%`;
  bar.style.opacity = String(0.25 + (0.75 * support[i]) / (support[i] + FIRMLY));
  const track = htmlElement("span", "atlas-panel-track");
  track.append(bar, htmlElement("span", "", away));
  row.append(htmlElement("bdi", "", shortName(labels[i], 90)), track, htmlElement("small", "", sure));
  row.addEventListener("click", () => map.selection.choose(i));
  const item = htmlElement("li");
  item.append(row);
  return item;
}
