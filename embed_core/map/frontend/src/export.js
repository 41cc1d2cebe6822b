/* A picture of what is on the paper, with title and key, made in the browser. */

const PICTURE = { margin: 24, title: 26, key: 22, sharpness: 2 };
const DRAWN = [
  "fill", "fill-opacity", "stroke", "stroke-width", "stroke-opacity", "stroke-linejoin", "stroke-linecap",
  "stroke-dasharray", "paint-order", "opacity", "font-family", "font-size", "font-weight",
];

/** A copy that looks the same without the page's style sheet. */
function copyDrawing(node) {
  const copy = node.cloneNode(false);
  for (const name of ["class", "style", "data-font"]) copy.removeAttribute?.(name);
  if (node.nodeType === Node.ELEMENT_NODE) {
    const style = getComputedStyle(node);
    const wanted = node.children.length || node.tagName === "g" ? ["opacity"] : DRAWN;
    for (const name of wanted) copy.setAttribute(name, style.getPropertyValue(name));
  }
  // Whoever opens the picture may have other fonts: names must not grow over one another.
  const fixed = node.tagName === "text" ? exactLength(node.getComputedTextLength()) : {};
  for (const [name, value] of Object.entries(fixed)) copy.setAttribute(name, value);
  for (const child of node.childNodes) copy.append(copyDrawing(child));
  return copy;
}

const exactLength = (length) => ({ textLength: length.toFixed(1), lengthAdjust: "spacingAndGlyphs" });

function pointNodes(map) {
  const { points, px, py, radius, fill, depth, isSolid, width, height } = map;
  const outline = outlines(map);
  const visible = (i) =>
    !map.isHidden(i) && px[i] > -12 && py[i] > -12 && px[i] < width + 12 && py[i] < height + 12;
  const order = points.labels.map((_, i) => i).filter(visible);
  if (isSolid) order.sort((a, b) => depth[b] - depth[a]);
  const group = element("g", { opacity: map.selected >= 0 ? 0.32 : 1 });
  for (const i of order) {
    const [r, g, b, alpha] = fill[i].match(/[\d.]+/g);
    group.append(
      element("circle", {
        ...{ cx: px[i].toFixed(2), cy: py[i].toFixed(2), r: radius[i].toFixed(2) },
        ...{ fill: `rgb(${r},${g},${b})`, "fill-opacity": alpha },
        ...{ stroke: outline[i], "stroke-width": outlineWidth(points) },
      }),
    );
  }
  return group;
}

/** Draws key entries from left to right and returns how many lines they took. */
function keyNodes(map, group, width) {
  const { theme } = map;
  const font = `11.5px ${theme.font}`;
  let [x, line] = [0, 0];
  const room = (w) => {
    if (x > 0 && x + w > width) [x, line] = [0, line + 1];
  };
  const middle = () => line * PICTURE.key + 6;
  const text = (words, fill = theme.ink) => {
    const w = textWidth(words, font);
    room(w);
    group.append(element("text", { x, y: middle() + 4, fill, "font-size": 11.5, ...exactLength(w) }, words));
    x += w + 7;
  };
  const dot = (color, r = 4, alpha = 1) => {
    room(2 * r + 60);
    group.append(element("circle", { cx: x + r, cy: middle(), r, fill: color, "fill-opacity": alpha }));
    x += 2 * r + 6;
  };
  const bar = (colors) => {
    const gradient = element("linearGradient", { id: "scale" });
    colors.forEach((color, k) => {
      gradient.append(element("stop", { offset: k / (colors.length - 1), "stop-color": color }));
    });
    group.append(gradient, element("rect", { x, y: middle() - 3, width: 110, height: 6, fill: "url(#scale)" }));
    x += 117;
  };
  const drawers = {
    scale(entry) {
      [entry.title, entry.low].forEach((words) => text(words));
      bar(entry.diverges ? theme.diverging : theme.scale);
      text(entry.high);
      if (entry.missing) [dot(theme.missing, 4, 0.4), text("missing")];
    },
    groups(entry) {
      text(entry.title);
      for (const { color, missing, text: words } of entry.items) {
        dot(color ?? theme.missing, 4, missing ? 0.4 : 1);
        text(words);
      }
    },
    fade: (entry) => [dot(theme.ink), dot(theme.ink, 4, 0.2), text(`faded: ${entry.title}`)],
    marks(entry) {
      if (entry.idle) return;
      for (const { mark, text: words } of entry.items) {
        room(30 + textWidth(words, font));
        const icon = copyDrawing(map.footer.querySelector(`.atlas-mark-${mark}`));
        icon.setAttribute("x", x);
        icon.setAttribute("y", middle() - 6);
        group.append(icon);
        x += 27;
        text(words);
      }
    },
    size({ color, least, most }) {
      for (const entry of [least, most].filter(Boolean)) [dot(color, entry.radius, entry.alpha), text(entry.text)];
    },
  };
  for (const entry of keyEntries(map)) {
    drawers[entry.kind](entry);
    x += x > 0 ? 18 : 0;
  }
  return line + 1;
}

/** The picture as an SVG element of its own. */
function drawPicture(map) {
  const { width, height, theme, data } = map;
  const { margin } = PICTURE;
  const hasAxes = !map.isSolid && data.axes.some(Boolean);
  const left = margin + (hasAxes ? 40 : 0);
  const top = margin + (data.title ? PICTURE.title : 0);
  const under = hasAxes ? 40 : 14;
  const whole = width + left + margin;
  const key = element("g", { transform: `translate(${margin},${top + height + under})` });
  const lines = keyNodes(map, key, whole - 2 * margin);
  const tall = top + height + under + lines * PICTURE.key + margin - 8;
  const svg = element("svg", { width: whole, height: tall, viewBox: `0 0 ${whole} ${tall}` });
  svg.setAttribute("font-family", theme.font);
  svg.append(element("rect", { width: whole, height: tall, fill: theme.paper }));
  const heading = { x: margin, y: margin + 10, fill: theme.ink, "font-size": 16, "font-weight": 650 };
  if (data.title) svg.append(element("text", heading, shortName(data.title, 100)));
  const clip = element("clipPath", { id: "paper" });
  clip.append(element("rect", { width, height }));
  const sheet = element("g", { transform: `translate(${left},${top})` });
  const inside = element("g", { "clip-path": "url(#paper)" });
  const ground = [...map.under.children].map(copyDrawing);
  inside.append(...(map.isSolid ? ground.splice(0) : []), pointNodes(map), ...[...map.over.children].map(copyDrawing));
  sheet.append(clip, ...ground, inside);
  sheet.append(element("rect", { width, height, fill: "none", stroke: theme.ink, "stroke-opacity": 0.3 }));
  const title = { fill: theme.ink, "fill-opacity": 0.7, "font-size": 11 };
  if (hasAxes) {
    const places = [{ x: width, y: height + 30 }, { transform: "translate(-44,0) rotate(-90)" }];
    places.forEach((place, axis) => {
      if (!data.axes[axis]) return;
      const name = shortName(data.axes[axis], 60);
      sheet.append(element("text", { ...title, ...place, "text-anchor": "end" }, name));
    });
  }
  svg.append(sheet, key);
  return svg;
}

async function asPng(text, width, height) {
  const url = URL.createObjectURL(new Blob([text], { type: "image/svg+xml" }));
  try {
    const image = new Image();
    image.src = url;
    await image.decode();
    const canvas = document.createElement("canvas");
    canvas.width = width * PICTURE.sharpness;
    canvas.height = height * PICTURE.sharpness;
    canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
    return await new Promise((resolve) => canvas.toBlob(resolve, "image/png"));
  } finally {
    URL.revokeObjectURL(url);
  }
}

function download(blob, name) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(blob);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
}

const fileName = (title) =>
  title.normalize("NFC").replace(/[^\p{L}\p{N}]+/gu, "-").replace(/^-+|-+$/g, "").slice(0, 60) || "map";

const exportMethods = {
  toggleMenu(open = this.menu.hidden) {
    this.menu.hidden = !open;
    this.root.querySelector(".atlas-do-save").setAttribute("aria-expanded", String(open));
  },

  async save(kind) {
    this.toggleMenu(false);
    if (!this.points?.n || !this.width) return;
    const svg = drawPicture(this);
    const text = `<?xml version="1.0" encoding="UTF-8"?>\n${new XMLSerializer().serializeToString(svg)}`;
    const [width, height] = ["width", "height"].map((name) => Math.round(Number(svg.getAttribute(name))));
    const blob = kind === "png" ? await asPng(text, width, height) : new Blob([text], { type: "image/svg+xml" });
    download(blob, `${fileName(this.data.title)}.${kind}`);
    this.speak(`Saved as ${kind.toUpperCase()}.`);
  },
};
