/* Levels of other columns, with a bar for each of two parts of the rows: values first, columns as headings. */

/** @import { Host } from "./types.d.ts" */

import { htmlElement } from "./elements.js";
import { counts, shortName } from "./text.js";

const LONGEST = 300;

/**
 * @typedef {{ level: string, shares: number[], counts: number[] }} Level
 * @typedef {{ column: string, levels: Level[] }} Column
 * @typedef {{ names: string[], columns: Column[] }} LevelsData
 */

export class Levels {
  /** @param {HTMLElement} root */
  constructor(root) {
    this.root = root;
  }

  /** @param {Host<LevelsData>} host */
  take({ data: { names, columns } }) {
    const shares = columns.flatMap(({ levels }) => levels.flatMap((each) => each.shares));
    const most = Math.max(...shares, 1e-9);
    const legend = htmlElement("p", "atlas-levels-legend");
    names.forEach((name, k) => {
      const part = htmlElement("span");
      part.append(htmlElement("i", `atlas-levels-${k}`), htmlElement("bdi", "", shortName(name, LONGEST)));
      legend.append(part);
    });
    this.root.replaceChildren(legend, ...columns.flatMap((column) => columnNodes(column, names, most)));
  }

  stop() {}
}

/** @param {Column} column @param {string[]} names @param {number} most The longest bar. */
function columnNodes({ column, levels }, names, most) {
  const list = htmlElement("ul");
  list.append(
    ...levels.map((each) => {
      const row = htmlElement("li");
      const bars = htmlElement("span", "atlas-levels-bars");
      bars.append(...each.shares.map((share, k) => barNode(share, each.counts[k], names[k], k, most)));
      row.append(htmlElement("bdi", "", shortName(each.level, LONGEST)), bars);
      return row;
    }),
  );
  return [htmlElement("h4", "", shortName(column, LONGEST)), list];
}

/** @param {number} share @param {number} count @param {string} name @param {number} k @param {number} most */
function barNode(share, count, name, k, most) {
  const line = htmlElement("span", "atlas-levels-bar");
  const bar = htmlElement("i", `atlas-levels-${k}`);
  bar.style.width = `${(70 * share) / most}%`;
  const words = htmlElement("span", "", `${Math.round(100 * share)} % · ${counts.format(count)}`);
  words.title = `${shortName(name, 80)}: ${words.textContent} of its rows`;
  line.append(bar, words);
  return line;
}
