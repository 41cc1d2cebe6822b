// The points of a map in two dimensions, drawn as Plotly draws them: all that a page on its own needs of it.
window.Plotly = {
  react(plot, [{ x, marker }]) {
    const make = (name, attributes) => {
      const node = document.createElementNS("http://www.w3.org/2000/svg", name);
      for (const [key, value] of Object.entries(attributes)) node.setAttribute(key, value);
      return node;
    };
    const of = (value, i) => (Array.isArray(value) ? value[i] : value);
    const svg = make("svg", { class: "scatterlayer", width: "100%", height: "100%" });
    const group = make("g", { class: "points" });
    svg.append(group);
    x.forEach((_, i) => {
      const r = of(marker.size, i) / 2;
      const d = `M${r},0A${r},${r} 0 1,1 0,-${r}A${r},${r} 0 0,1 ${r},0Z`;
      const stroke = { stroke: marker.line?.color ?? "none", "stroke-width": marker.line?.width ?? 0 };
      group.append(make("path", { class: "point", d, fill: of(marker.color, i), ...stroke }));
    });
    plot.replaceChildren(svg);
    return Promise.resolve();
  },
  relayout: () => Promise.resolve(),
  purge(plot) {
    plot.replaceChildren();
  },
};
