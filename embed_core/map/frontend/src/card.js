/* The card beside the point under the pointer. */

const CARD_NAME = 600;
const CARD_DETAIL = 160;

function cardLines(map, i) {
  const { points, coloring, selected } = map;
  const fact = (...nodes) => {
    const line = htmlElement("span", "atlas-card-fact");
    line.append(...nodes);
    return line;
  };
  const name = (j, limit) => htmlElement("bdi", "", shortName(points.labels[j], limit));
  const whole = points.labels[i];
  const lines = [htmlElement("bdi", "atlas-card-name", shortName(whole, CARD_NAME))];
  if (whole.length > CARD_NAME) lines.push(fact(`a name of ${counts.format(whole.length)} characters`));
  lines.push(fact(rowCount(points.support[i])));
  const title = () => htmlElement("bdi", "", shortName(coloring.title || (points.groups ? "group" : "value"), 40));
  if (points.groups) {
    const code = points.groups.code[i];
    const group = code === 65535 ? "none" : shortName(points.groups.names[code], 60);
    lines.push(fact(title(), " ", htmlElement("bdi", "", group)));
  } else if (points.color && coloring.scale !== "rows") {
    lines.push(fact(title(), " ", points.color[i] === null ? "missing" : numbers.format(points.color[i])));
  }
  if (points.details?.[i]) lines.push(fact(htmlElement("bdi", "", shortName(points.details[i], CARD_DETAIL))));
  const neighbor = map.neighbors.find(([j]) => j === i);
  if (neighbor) lines.push(fact(`distance ${numbers.format(neighbor[1])} from `, name(selected, 24)));
  if (map.falseNeighbors.includes(i)) lines.push(fact("only seems near ", name(selected, 24)));
  if (points.nearest?.[i].length) {
    const names = points.nearest[i].slice(0, 3).flatMap(([j], k) => (k ? [" · ", name(j, 28)] : [name(j, 28)]));
    lines.push(fact("nearest: ", ...names));
  }
  return lines;
}

function showCard(card, map) {
  const { hovered: i, width, height } = map;
  card.hidden = i < 0 || map.silent;
  if (card.hidden) return;
  if (card.shownFor !== map.cardSubject(i)) {
    card.replaceChildren(...cardLines(map, i));
    card.shownFor = map.cardSubject(i);
  }
  const gap = map.radius[i] + 9;
  const [w, h] = [card.offsetWidth, card.offsetHeight];
  const left = map.px[i] + gap + w < width ? map.px[i] + gap : map.px[i] - gap - w;
  const top = map.py[i] - h / 2;
  card.style.left = `${Math.max(4, Math.min(width - w - 4, left))}px`;
  card.style.top = `${Math.max(4, Math.min(height - h - 4, top))}px`;
}
