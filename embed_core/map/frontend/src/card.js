/* The card beside the point under the pointer. */

/** @import { CategoryMap } from "./map.js" */

import { NONE } from "./data.js";
import { htmlElement } from "./elements.js";
import { apart, counts, numbers, rowCount, shortName } from "./text.js";
import { within } from "./view.js";

const NAME_LENGTH = 600;
export const DETAIL_LENGTH = 160;

/** A name keeps its direction of writing to itself, other words do not. @typedef {string | { name: string }} Words */

/** @param {string} text @param {number} limit @returns {Words} */
const name = (text, limit) => ({ name: shortName(text, limit) });

/**
 * What the card says of a category, below its name, a line each.
 *
 * @param {Pick<CategoryMap, "points" | "coloring" | "selection">} map
 * @param {number} i
 * @returns {Words[][]}
 */
export function cardFacts({ points, coloring, selection }, i) {
  const { labels, support, details, nearest } = points;
  const { tint, choice } = coloring;
  const { length } = labels[i];
  /** @type {Words[][]} */
  const lines = [];
  /** @param {Words[]} words */
  const add = (...words) => lines.push(words);
  if (length > NAME_LENGTH) add(`a name of ${counts.format(length)} characters`);
  add(rowCount(support[i]));
  const title = name(choice.title || (tint.groups ? "group" : "value"), 40);
  if (tint.groups) {
    const code = tint.groups.code[i];
    add(title, " ", name(code === NONE ? "none" : tint.groups.names[code], 60));
  } else if (tint.color && choice.scale !== "rows") {
    const value = tint.color[i];
    add(title, " ", value === null ? "missing" : numbers.format(value));
  }
  if (details?.[i]) add(name(details[i], DETAIL_LENGTH));
  const chosen = name(labels[selection.selected] ?? "", 24);
  const neighbor = selection.neighbors.find(([j]) => j === i);
  if (neighbor) add(`distance ${apart(neighbor[1])} from `, chosen);
  if (selection.falseNeighbors.includes(i)) add("only seems near ", chosen);
  if (nearest?.[i].length) {
    const names = nearest[i].slice(0, 3).map(([j]) => name(labels[j], 28));
    add("nearest: ", ...names.flatMap((each, k) => (k ? [" · ", each] : [each])));
  }
  return lines;
}

/** @param {CategoryMap} map @param {number} i */
function cardNodes(map, i) {
  const heading = htmlElement("bdi", "atlas-card-name", shortName(map.points.labels[i], NAME_LENGTH));
  const lines = cardFacts(map, i).map((line) => {
    const node = htmlElement("span", "atlas-card-fact");
    node.append(
      ...line.map((words) => (typeof words === "string" ? words : htmlElement("bdi", "", words.name))),
    );
    return node;
  });
  return [heading, ...lines];
}

export class Card {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
    /** What it says, and of what. */
    this.subject = "";
  }

  /** Show the card, or hide it, as the pointer is. */
  show() {
    const { pointer, marks, paper, elements } = this.map;
    const { card } = elements;
    const i = pointer.hovered;
    card.hidden = i < 0 || pointer.isSilent;
    if (card.hidden) return;
    const subject = this.subjectOf(i);
    if (this.subject !== subject) card.replaceChildren(...cardNodes(this.map, i));
    this.subject = subject;
    const gap = marks.radius[i] + 9;
    const [w, h] = [card.offsetWidth, card.offsetHeight];
    const left = marks.x[i] + gap + w < paper.width ? marks.x[i] + gap : marks.x[i] - gap - w;
    card.style.left = `${within(left, 4, Math.max(4, paper.width - w - 4))}px`;
    card.style.top = `${within(marks.y[i] - h / 2, 4, Math.max(4, paper.height - h - 4))}px`;
  }

  /** @param {number} i */
  subjectOf(i) {
    const { shown, coloring, selection } = this.map;
    const parts = Object.values(shown?.parts ?? {});
    return [...parts, coloring.choice.name, i, selection.selected, selection.neighbors.length].join(" ");
  }
}
