// Whether figures of days can be judged: report/ripeness.py says what each waits for, and days may not have landed.

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
const hasLanded = ({ first, last }) => 1 - missingOf(first, last) / (last - first + 1) >= page.ripe;
const isJudged = (metric, ...ranges) => ranges.every((range) => isRipe(metric, range) && hasLanded(range));

// Says beside a tile or figure why it is not judged.
function tellUnripe(element, metric, range) {
  const share = ripe(metric, range);
  const note = element.querySelector(".unripe");
  const words = [];
  if (share < page.ripe) words.push(page.ripening[page.metrics[metric].ripens].words
    .replace("{share}", share ? `${Math.floor(share * 100)}%` : "none"));
  if (range && !hasLanded(range)) words.push(`Not judged: ${missingOf(range.first, range.last)} of these days did not land.`);
  note.hidden = !words.length;
  note.textContent = words.join(" ");
}
