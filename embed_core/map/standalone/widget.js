// The map's own page within a notebook: what is selected there is the widget's selection, and the other way round.
export default {
  render({ model, el }) {
    const frame = document.createElement("iframe");
    // It can reach nothing of the notebook, nor the notebook's other charts.
    frame.setAttribute("sandbox", "allow-scripts allow-downloads");
    frame.title = model.get("title");
    frame.srcdoc = model.get("page");
    Object.assign(frame.style, { width: "100%", height: `${model.get("height")}px`, border: "1px solid #8884" });
    let heard = null; // the last selection that came from the map, which knows it

    const hear = ({ source, data }) => {
      if (source !== frame.contentWindow || !Array.isArray(data?.selection)) return;
      heard = JSON.stringify(data.selection);
      model.set("selection", data.selection);
      model.save_changes();
    };
    const tell = () => {
      const selection = model.get("selection");
      if (JSON.stringify(selection) !== heard) frame.contentWindow?.postMessage({ selection }, "*");
      heard = null;
    };
    window.addEventListener("message", hear);
    model.on("change:selection", tell);
    frame.addEventListener("load", () => model.get("selection").length && tell());
    el.append(frame);
    return () => {
      window.removeEventListener("message", hear);
      model.off("change:selection", tell);
    };
  },
};
