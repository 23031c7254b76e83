// The page's controls. What is chosen stands in the address, so that a view can be sent to somebody.

const page = JSON.parse(document.getElementById("page").textContent);
const form = document.querySelector("form.filters");
const figures = [...document.querySelectorAll("figure[data-figure]")];
const chosen = readAddress("", []);

// Follow the address, and say what of it cannot be followed; then the address is what is shown.
function read() {
  if (isPlace(location.hash)) return;
  const said = [];
  Object.assign(chosen, readAddress(location.hash, said));
  if (said.length) write();
  tell(said);
}

function tell(said) {
  const place = document.getElementById("said");
  place.hidden = !said.length;
  place.textContent = said.join(" ");
}

function write() {
  const words = new URLSearchParams({ from: isoDay(chosen.range.first), to: isoDay(chosen.range.last), grain: chosen.grain,
    compare: chosen.compare, ...chosen.filters });
  history.replaceState(null, "", `#${words}`);
}

function showControls() {
  form.elements.from.value = isoDay(chosen.range.first);
  form.elements.to.value = isoDay(chosen.range.last);
  form.elements.grain.value = chosen.grain;
  form.elements.compare.value = chosen.compare;
  for (const { column } of page.filters) form.elements[column].value = chosen.filters[column] ?? "";
  const earlier = compared(chosen.range, chosen.grain, chosen.compare);
  const days = chosen.range.last - chosen.range.first + 1;
  const against = chosen.compare === "none" ? "" : earlier ? `, against ${isoDay(earlier.first)} to ${isoDay(earlier.last)}${unlanded(earlier)}`
    : "; the days to compare with are not all there";
  document.getElementById("chosen").textContent = `${dayText(chosen.range.first)} to ${dayText(chosen.range.last)} (${days === 1 ? "1 day" : `${days} days`}${unlanded(chosen.range)})${against}`;
}

// Of a range: how many of its days did not land, so that sums lack them.
function unlanded({ first, last }) {
  const missing = missingOf(first, last);
  return missing ? `, ${missing} of which did not land` : "";
}

let turns = 0;

async function showAll() {
  const turn = ++turns;
  if (form) showControls();
  document.querySelectorAll("[data-tile]").forEach(showTile);
  // One after another, from the top, with a breath between: the page can be read and used while charts are drawn.
  for (const figure of prepared) {
    if (turn !== turns) return; // something else was chosen meanwhile
    await show(figure);
    document.documentElement.dataset.ready = "";
    await new Promise((done) => setTimeout(done));
  }
  document.documentElement.dataset.drawn = turn;
}

function onChoice(event) {
  const { name, value } = event.target;
  const said = [];
  if (name === "from" || name === "to") {
    if (!value) return;
    const { first, last } = chosen.range;
    chosen.range = name === "from" ? within(dayOf(value), last, said) : within(first, dayOf(value), said);
  } else if (name === "grain" || name === "compare") chosen[name] = value;
  else if (value) chosen.filters[name] = value;
  else delete chosen.filters[name];
  tell(said);
  write();
  showAll();
}

function onQuick(event) {
  const days = event.target.dataset.days;
  if (!days) return;
  const { first, last } = page.span;
  chosen.range = { first: days === "all" ? first : Math.max(first, last - Number(days) + 1), last };
  tell([]);
  chosen.grain = grainFor(chosen.range.last - chosen.range.first + 1);
  write();
  showAll();
}

// How old the figures are is known only when the page is looked at: where runs have stopped, nothing writes it anew.
function showAge() {
  const element = document.getElementById("age");
  const days = Math.floor(Date.now() / DAY_LENGTH) - page.span.last;
  element.textContent = days <= 1 ? "up to date" : `${days} days old`;
  element.classList.toggle("old", days > 2);
  if (days > 2) distrust(days);
}

function distrust(days) {
  const verdict = document.querySelector(".verdict");
  if (!verdict) return;
  const line = document.createElement("li");
  line.textContent = `⚠ The newest day of these figures is ${days} days ago: nothing later has been released.`;
  verdict.querySelector("ul").prepend(line);
  if (!verdict.classList.replace("good", "care")) return;
  verdict.querySelector(".says").textContent = "With care: these figures are old";
}

function switchTheme() {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
  setTheme(dark ? "light" : "dark");
  try { localStorage.setItem("theme", document.documentElement.dataset.theme); } catch { /* not kept, then */ }
}

function setTheme(theme) {
  if (theme === "light" || theme === "dark") document.documentElement.dataset.theme = theme;
}

try { setTheme(localStorage.getItem("theme")); } catch { /* a browser that keeps nothing */ }
document.getElementById("theme").addEventListener("click", switchTheme);
const prepared = figures.map(prepare);
if (form) {
  form.addEventListener("change", onChoice);
  form.addEventListener("click", onQuick);
  form.addEventListener("submit", (event) => event.preventDefault());
  addEventListener("hashchange", () => { read(); showAll(); });
  read();
}
showAge();
showAll();
