// A figure: its chart, its table, and the choice of what it shows where it can show several metrics.

function prepare(element) {
  const figure = { element, ...page.figures[element.dataset.figure] };
  figure.metric = figure.query?.metrics[0];
  const choice = element.querySelector("select.metric");
  choice?.addEventListener("change", () => { figure.metric = choice.value; show(figure); });
  element.querySelector("details").addEventListener("toggle", (event) => { if (event.target.open) tabulate(figure); });
  return figure;
}

async function show(figure) {
  const { query, element } = figure;
  figure.rows = query ? ask(query, figure.metric, chosen) : figure.values;
  const unit = query ? page.metrics[figure.metric].unit : "count";
  if (query) describe(figure);
  if (query) tellUnripe(element, figure.metric, page.cubes[query.cube].days ? chosen.range : null);
  tellUnreached(element, page.cubes[query?.cube]);
  const empty = query ? !figure.rows.some((row) => row.value !== null) : !figure.rows.length;
  element.querySelector(".empty").hidden = !empty;
  const place = element.querySelector(".chart");
  if (place) {
    place.hidden = empty;
    if (!empty) await draw(figure, figure.chart, figure.rows, unit);
  }
  if (element.querySelector("details").open) tabulate(figure);
}

// Beside a figure or tile: which of the filters chosen do not reach it. Without a cube none does, and its note tells
// of what days it is.
function tellUnreached(element, cube) {
  const beyond = Object.keys(chosen.filters).filter((column) => !cube?.by[column]);
  if (cube && !cube.days && page.dates) beyond.unshift("days");
  const note = element.querySelector(".unfiltered");
  note.hidden = !beyond.length;
  note.textContent = beyond.length ? `Not narrowed by ${beyond.map((one) => one.replaceAll("_", " ")).join(", ")}.` : "";
}

// Which definition holds, and what a reader hears in place of the chart.
function describe(figure) {
  const { query, element } = figure;
  const { title, description } = page.metrics[figure.metric];
  element.querySelector(".definition").textContent = `${title}: ${description}.`;
  element.querySelector(".chart")?.setAttribute("aria-label", `${figure.title}: chart of ${title}. The table below has its figures.`);
}

const tabulate = (figure) =>
  fillTable(figure.element.querySelector("table"), figure.query ? columnsOf(figure.query, figure.metric) : figure.columns, figure.rows);
