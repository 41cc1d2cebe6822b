// What a page of the app is to the map, without a server: it hands over the parts, and keeps what was chosen.
const { map, parts, panel, atlas, points } = JSON.parse(document.getElementById("content").textContent);
const { receivePart, showMap, showPanel, showFinder, showChooser } = await import(atlas);
const place = { parentElement: document.body };
const isWithin = window.parent !== window; // in a notebook, which hears what is selected, and may select
const chosen = { ...map, height: 0, covered: 0, covered_below: 0, areas: isWithin, moves: false, plotly: points, heard: { select: 0, area: 0, color: 0, size: 0 } };

for (const part of parts) receivePart({ data: Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0)) });

const places = (categories) => categories.map((category) => panel.labels.indexOf(category)).filter((place) => place >= 0);

function select(categories) {
  const [one, ...more] = places(categories);
  chosen.selected = one === undefined || more.length ? null : one;
  chosen.group = more.length ? [one, ...more] : [];
}

function take(name, event) {
  chosen.heard = { ...chosen.heard, [name]: event.serial ?? 0 };
  if (name === "color") chosen.colored = event.color;
  if (name !== "select" && name !== "area") return;
  const selection = name === "area" ? event.categories : [event.category].filter((category) => category !== null);
  if (name === "select") chosen.selected = places(selection)[0] ?? null;
  else chosen.group = places(selection);
  if (isWithin) window.parent.postMessage({ selection }, "*"); // the notebook's address is nobody's business
  if (name === "area") show();
}

const show = () => showMap({ ...place, data: { ...chosen }, setTriggerValue: take });
show();
showPanel({ ...place, data: panel, setTriggerValue: take });
const { slot } = map;
showFinder({
  ...place,
  data: { slot, label: "Find a category", placeholder: "Find a category", help: "", value: null, selects: true },
  setTriggerValue: take,
});
showChooser({ ...place, data: { slot, label: "Colour by", of: "coloring" }, setTriggerValue: take });
matchMedia("(prefers-color-scheme: dark)").addEventListener("change", show);
window.addEventListener("message", ({ source, data }) => {
  if (!isWithin || source !== window.parent || !Array.isArray(data?.selection)) return;
  select(data.selection);
  show();
});
