// Tiles: a metric over the chosen days in large print, against the days just before and a year before.

function showTile(element) {
  const { metric, cube: name } = page.tiles[Number(element.dataset.tile)];
  const cube = page.cubes[name];
  const value = total(cube, metric, chosen.range, chosen.filters);
  tellUnreached(element, cube);
  tellUnripe(element, metric, chosen.range);
  const { unit } = page.metrics[metric];
  const big = element.querySelector(".value");
  big.textContent = written(value, unit);
  big.dataset.value = value ?? "";
  const lines = element.querySelector(".against");
  lines.replaceChildren();
  for (const mode of ["before", "year"]) {
    const earlier = compared(chosen.range, chosen.grain, mode);
    const was = earlier ? total(cube, metric, earlier, chosen.filters) : null;
    if (was === null) continue;
    const line = document.createElement("li");
    const judged = isJudged(metric, chosen.range, earlier);
    line.append(judged ? changeMark(value, was, page.metrics[metric]) : "", ` ${COMPARISONS[mode]} (${written(was, unit)}${unlanded(earlier)})`);
    lines.append(line);
  }
  if (!lines.children.length) lines.append(Object.assign(document.createElement("li"), { textContent: "nothing to compare with" }));
}

// "▲ +8%", "▼ −1.4 points", green where that is good news; the word says it too, for whoever sees no colour.
// What is too small to be written is no news.
function changeMark(value, was, { unit, better }) {
  const mark = document.createElement("strong");
  const change = changeOf(value, was, unit);
  if (change === null) return mark;
  const seen = Math.abs(change) >= 0.0005;
  mark.className = `change ${seen ? newsOf(change, better) : ""}`;
  mark.textContent = seen ? `${change > 0 ? "▲" : "▼"} ${written(change, changeUnit(unit))}` : change ? "about the same" : "unchanged";
  return mark;
}
