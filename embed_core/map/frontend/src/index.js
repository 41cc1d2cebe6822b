/* What a page, a notebook or any other host calls. A host gives an element, data and a function that takes events. */

/** @import { Host } from "./types.d.ts" */

import { Chooser } from "./chooser.js";
import { find } from "./elements.js";
import { Finder } from "./finder.js";
import { Levels } from "./levels.js";
import css from "./map.css";
import { CategoryMap } from "./map.js";
import { Panel } from "./panel.js";
import { hasWebGL, loadPlotly } from "./plotly.js";

export { receivePart } from "./received.js";

const style = new CSSStyleSheet();
style.replaceSync(css);

/** Give the page, or the shadow tree, that an element is in the style of the map. @param {Element} node */
function addStyle(node) {
  const root = node.getRootNode();
  if (!(root instanceof Document || root instanceof ShadowRoot)) return;
  if (!root.adoptedStyleSheets.includes(style)) root.adoptedStyleSheets.push(style);
}

/**
 * A function that shows what a host has, and returns one that ends it. An element has one view, which takes newer data.
 *
 * @template Data
 * @param {string} selector
 * @param {new (root: HTMLElement, host: Host<Data>) => { take(host: Host<Data>): void, stop(): void }} View
 */
function showing(selector, View) {
  /** @type {WeakMap<HTMLElement, InstanceType<typeof View>>} */
  const views = new WeakMap();
  return (/** @type {Host<Data>} */ host) => {
    const root = find(host.parentElement, selector, HTMLElement);
    addStyle(root);
    const view = views.get(root) ?? new View(root, host);
    views.set(root, view);
    view.take(host);
    return () => {
      // Streamlit also ends what newer data have overtaken: only an element that has left the page is really gone.
      setTimeout(() => {
        if (root.isConnected) return;
        views.delete(root);
        view.stop();
      });
    };
  };
}

export const showMap = showing(".atlas", CategoryMap);
export const showPanel = showing(".atlas-panel", Panel);
export const showChooser = showing(".atlas-chooser", Chooser);
export const showLevels = showing(".atlas-levels", Levels);
export const showFinder = showing(".atlas-finder", Finder);

/**
 * Load what a map will need, when the browser has nothing else to do: to read Plotly takes it seconds.
 *
 * @param {Host<{ plotly: string }>} host
 */
export function loadAhead({ data }) {
  const whenIdle = window.requestIdleCallback ?? setTimeout; // Safari has none
  whenIdle(() => {
    loadPlotly(data.plotly).then(hasWebGL, () => {}); // a map says so itself, if it comes to that
  });
}
