// Tiles: a metric over the chosen days in large print, against the days just before and a year before.

function showTile(element) {
  const { metric, cube: name } = page.tiles[Number(element.dataset.tile)];
  const cube = page.cubes[name];
  const value = total(cube, metric, chosen.range, chosen.filters);
  tellUnreached(element, cube);
  const { unit, better } = page.metrics[metric];
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
    line.append(changeMark(value, was, better), ` ${COMPARISONS[mode]} (${written(was, unit)})`);
    lines.append(line);
  }
  if (!lines.children.length) lines.append(Object.assign(document.createElement("li"), { textContent: "nothing to compare with" }));
}

// "▲ +8%", green where more is better; the word says it too, for whoever sees no colour.
function changeMark(value, was, better) {
  const mark = document.createElement("strong");
  if (value === null || was === null || was === 0) return mark;
  const change = (value - was) / Math.abs(was);
  const good = better === "neither" || change === 0 ? "" : (change > 0) === (better === "more") ? "good" : "bad";
  mark.className = `change ${good}`;
  mark.textContent = change === 0 ? "unchanged" : `${change > 0 ? "▲" : "▼"} ${written(change, "change")}`;
  return mark;
}
