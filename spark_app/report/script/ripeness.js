// Whether figures of days can be judged yet: report/ripeness.py says what each waits for.

// Of the orders of a range those that have come far enough; 1 where nothing is waited for.
function ripe(metric, range) {
  const kind = page.metrics[metric].ripens;
  if (!kind || !range) return 1;
  const { days, of, come } = page.ripening[kind];
  let [all, far] = [0, 0];
  for (let at = 0; at < days.length; at++) {
    if (days[at] < range.first || days[at] > range.last) continue;
    all += of[at];
    far += come[at];
  }
  return all ? far / all : 1;
}

const isRipe = (metric, range) => ripe(metric, range) >= page.ripe;

// Says beside a tile or figure why it is not judged.
function tellUnripe(element, metric, range) {
  const share = ripe(metric, range);
  const note = element.querySelector(".unripe");
  note.hidden = share >= page.ripe;
  note.textContent = note.hidden ? "" : page.ripening[page.metrics[metric].ripens].words
    .replace("{share}", share ? `${Math.floor(share * 100)}%` : "none");
}
