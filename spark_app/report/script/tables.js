// The table under each chart: the same figures to read, hear and copy. Filled when it is opened.

function columnsOf(query, metric) {
  const { title, unit } = page.metrics[metric];
  const members = query.by.filter((column) => column !== "period").slice(0, 1);
  if (query.by.includes("period")) {
    const rest = members.length ? [] : [{ name: "series", title: "Days", unit: "text" }];
    return [{ name: "label", title: "When", unit: "text" }, ...members.map(named), ...rest, { name: "value", title, unit }];
  }
  return [...members.map(named), { name: "value", title, unit }, { name: "share", title: "Share", unit: "percent" },
    { name: "before", title: "Before", unit }, { name: "change", title: "Change", unit: changeUnit(unit) }];
}

const named = (column) => ({ name: column, title: column.replaceAll("_", " ").replace(/^./, (c) => c.toUpperCase()), unit: "text" });
const isNumber = (unit) => unit !== "text" && unit !== "day";

function fillTable(table, columns, rows) {
  const used = columns.filter(({ name, unit }) => unit === "text" || rows.some((row) => row[name] !== null && row[name] !== undefined));
  table.replaceChildren();
  const head = table.createTHead().insertRow();
  for (const { title, unit } of used) {
    const cell = document.createElement("th");
    cell.scope = "col";
    cell.textContent = title;
    if (isNumber(unit)) cell.className = "number";
    head.append(cell);
  }
  const body = table.createTBody();
  for (const row of rows) {
    const line = body.insertRow();
    for (const { name, unit } of used) {
      const cell = line.insertCell();
      cell.textContent = written(row[name], unit, true);
      if (isNumber(unit)) cell.className = "number";
    }
  }
}
