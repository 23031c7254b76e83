// Draws charts with Vega-Lite in the page's own colours, which are CSS variables: a change of theme needs no redraw.

const CONFIG = {
  background: null, aria: false, font: "system-ui, sans-serif", customFormatTypes: true, mark: { aria: false },
  view: { stroke: null },
  axis: { labelColor: "var(--muted)", titleColor: "var(--muted)", gridColor: "var(--line)", domainColor: "var(--line)",
    tickColor: "var(--line)", labelFontSize: 12, titleFontSize: 12, titleFontWeight: 400 },
  legend: { labelColor: "var(--ink)", titleColor: "var(--muted)", labelFontSize: 12, symbolType: "square" },
  text: { fill: "var(--ink)" }, line: { color: "var(--c1)" }, bar: { color: "var(--c1)" }, tick: { color: "var(--ink)" },
  point: { color: "var(--c1)" }, rule: { color: "var(--muted)" },
  range: { category: [1, 2, 3, 4, 5, 6, 7, 8].map((n) => `var(--c${n})`) },
};

// Formats of the specifications: short on axes, in full in tooltips.
const FORMATS = { shown: (value, unit) => short(value, unit), exactly: (value, unit) => written(value, unit, true) };

// The metric's unit takes the place of "unit"; numbers in tooltips are written in full.
// Without days to compare with, what shows them goes.
function fitted(spec, unit, rows) {
  const text = JSON.stringify(spec).replaceAll('"format":"unit"', `"format":"${unit}"`)
    .replaceAll('"format":"change"', `"format":"${changeUnit(unit)}"`);
  const copy = JSON.parse(text);
  const inFull = (node) => {
    if (!node || typeof node !== "object") return;
    for (const [key, child] of Object.entries(node)) {
      if (key === "tooltip" && Array.isArray(child)) child.forEach((one) => { if (one.formatType === "shown") one.formatType = "exactly"; });
      else inFull(child);
    }
  };
  inFull(copy);
  if (copy.layer && !rows.some((row) => row.before !== null && row.before !== undefined)) {
    copy.layer = copy.layer.filter((layer) => layer.encoding.x?.field !== "before");
  }
  // So much for each row of bars; given as a number, since Vega-Lite warns of a step beside a fitted width.
  if (copy.height?.step) {
    const { field } = (copy.layer?.[0] ?? copy).encoding.y;
    copy.height = copy.height.step * new Set(rows.map((row) => row[field])).size;
  }
  return copy;
}

async function draw(figure, spec, rows, unit) {
  figure.finalize?.();
  const place = figure.element.querySelector(".chart");
  if (!place) return;
  const result = await vegaEmbed(place, fitted({ ...spec, datasets: { values: rows } }, unit, rows),
    { renderer: "svg", actions: false, config: CONFIG, expressionFunctions: FORMATS,
      tooltip: { theme: "custom" } });
  figure.finalize = () => result.finalize();
}
