/* The panel beside a map: its selected category and the nearest ones, drawn with the click itself. */

const FIRMLY = 10; // rows from which a neighbour's bar is more than half as dark as it can be
const panels = new Map(); // by the slot of the map that each stands beside
const besides = new Map();
const fewDigits = new Intl.NumberFormat("en", { maximumSignificantDigits: 3 });

/** What the map has to say has changed. */
function showPanel(map) {
  besides.set(map.data.slot, map);
  const panel = panels.get(map.data.slot);
  if (panel) drawPanel(panel, map);
  showFinders(map);
}

/** The map has left the page. */
function leaveBeside(map) {
  if (besides.get(map.data?.slot) === map) besides.delete(map.data.slot);
}

function drawPanel({ root, data }, map) {
  const { points, selected, neighbors } = map;
  const stability = ([i]) => points.stability?.[i] ?? NaN;
  const drawn = JSON.stringify([data, selected < 0 ? "" : points.labels[selected], factsOf(points, selected), neighbors]);
  if (root.dataset.drawn === drawn && root.childElementCount) return;
  root.dataset.drawn = drawn;
  const hadFocus = root.contains(document.activeElement);
  if (selected < 0) {
    root.replaceChildren(htmlElement("h3", "", data.title), htmlElement("p", "", data.invitation));
    return;
  }
  const list = htmlElement("ol", "");
  const most = Math.max(...neighbors.map(([, distance]) => distance), 1e-12);
  list.append(...neighbors.map((each) => neighborRow(map, each, most, stability(each))));
  const notes = [data.note, neighbors.some((each) => stability(each) >= 0) && data.stability_note];
  root.replaceChildren(
    htmlElement("h3", "", shortName(points.labels[selected], 80)),
    htmlElement("p", "", factsOf(points, selected)),
    list,
    htmlElement("p", "", notes.filter(Boolean).join(" ")),
  );
  if (hadFocus) list.querySelector("button")?.focus();
}

function factsOf(points, i) {
  if (i < 0) return "";
  const details = points.details?.[i] && shortName(points.details[i], CARD_DETAIL);
  return [rowCount(points.support[i]), details].filter(Boolean).join(" · ");
}

/** A neighbour as a button with a bar as long as it is far, paler with few rows. */
function neighborRow(map, [i, distance], most, stability) {
  const { points } = map;
  const away = fewDigits.format(distance);
  const sure = stability >= 0 ? `${Math.round(100 * stability)} %` : "";
  const row = htmlElement("button", "");
  row.type = "button";
  row.title = `${shortName(points.labels[i], 120)}, ${rowCount(points.support[i])}`;
  row.setAttribute("aria-label", `${row.title}, distance ${away}${sure && `, stability ${sure}`}`);
  const bar = htmlElement("span", "atlas-panel-bar");
  bar.style.width = `${Math.max(1, (100 * distance) / most)}%`;
  bar.style.opacity = 0.25 + (0.75 * points.support[i]) / (points.support[i] + FIRMLY);
  const track = htmlElement("span", "atlas-panel-track");
  track.append(bar, htmlElement("span", "", away));
  row.append(htmlElement("bdi", "", shortName(points.labels[i], 40)), track, htmlElement("small", "", sure));
  row.addEventListener("click", () => map.choose(i));
  const item = htmlElement("li", "");
  item.append(row);
  return item;
}

atlas.showPanel = ({ parentElement, data }) => {
  const panel = { root: parentElement.querySelector(".atlas-panel"), data };
  panels.set(data.slot, panel);
  const map = besides.get(data.slot);
  if (map?.points) drawPanel(panel, map);
  return () =>
    setTimeout(() => {
      if (!parentElement.isConnected && panels.get(data.slot) === panel) panels.delete(data.slot);
    });
};
