// What a page of the app is to the map, without a server: it hands over the parts, and keeps what was chosen.
const { map, parts, panel, atlas, points } = JSON.parse(document.getElementById("content").textContent);
const { receivePart, showMap, showPanel, showFinder, showChooser } = await import(atlas);
const place = { parentElement: document.body };
const chosen = { ...map, height: 0, covered: 0, areas: false, plotly: points, heard: { select: 0, area: 0, color: 0, size: 0 } };

for (const part of parts) receivePart({ data: Uint8Array.from(atob(part), (letter) => letter.charCodeAt(0)) });

function take(name, event) {
  chosen.heard = { ...chosen.heard, [name]: event.serial ?? 0 };
  if (name === "color") chosen.colored = event.color;
  if (name === "select") chosen.selected = event.category === null ? null : panel.labels.indexOf(event.category);
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
