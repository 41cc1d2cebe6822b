/* Saving a picture of the map, from a menu at its edge. */

/** @import { CategoryMap } from "./map.js" */
/** @import { Kind } from "./types.d.ts" */

import { asPng, drawPicture } from "./picture.js";
import { fileName } from "./text.js";

const DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** @param {Blob} blob @param {string} name */
function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

export class Saving {
  /** @param {CategoryMap} map */
  constructor(map) {
    this.map = map;
  }

  get isOpen() {
    return !this.map.elements.menu.hidden;
  }

  toggle(open = !this.isOpen) {
    const { menu, saveButton } = this.map.elements;
    menu.hidden = !open;
    saveButton.setAttribute("aria-expanded", String(open));
  }

  close() {
    if (this.isOpen) this.toggle(false);
  }

  /** @param {Kind} kind */
  async save(kind) {
    const { points, paper, data } = this.map;
    this.toggle(false);
    if (!points.n || !paper.width) return;
    const { svg, width, height } = await drawPicture(this.map);
    const text = DECLARATION + new XMLSerializer().serializeToString(svg);
    const blob =
      kind === "png" ? await asPng(text, width, height) : new Blob([text], { type: "image/svg+xml" });
    download(blob, `${fileName(data.title)}.${kind}`);
    this.map.speak(`Saved as ${kind.toUpperCase()}.`);
  }
}
