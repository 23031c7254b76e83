// What a figure shows for the days, grain, comparison and filters chosen: rows for its chart and its table.

const wordOf = (cube, column) => { const { words, at } = cube.by[column]; return (row) => words[at[row]]; };

function ask(query, metric, chosen) {
  const cube = page.cubes[query.cube];
  const members = query.by.filter((column) => column !== "period");
  const range = cube.days ? chosen.range : null;
  const before = query.compare && range ? compared(range, chosen.grain, chosen.compare) : null;
  if (!query.by.includes("period")) return byMember(cube, query, metric, members, range, before, chosen);
  if (!members.length) return byPeriod(cube, metric, range, before, chosen);
  return byPeriodAndMember(cube, query, metric, members[0], range, chosen);
}

function byPeriod(cube, metric, range, before, chosen) {
  const { grain, filters } = chosen;
  const starts = periods(range, grain);
  const series = [{ name: "these days", range, place: (day) => GRAINS[grain].start(day), shift: (day) => day }];
  if (before) {
    // A day of before is put where the day compared with it stands.
    const places = new Map();
    for (let day = range.first; day <= range.last; day++) places.set(before.shift(day), GRAINS[grain].start(day));
    series.push({ name: before.name, range: before, place: (day) => places.get(day) ?? null, shift: before.shift });
  }
  const rows = [];
  for (const one of series) {
    const sums = addUp(cube, one.range, filters, (row) => one.place(cube.days[row]));
    for (const start of starts) {
      // It stands where the days compared with it do, and is called by its own.
      const [first, last] = [Math.max(start, range.first), Math.min(GRAINS[grain].next(start) - 1, range.last)];
      const own = { first: one.shift(first), last: one.shift(last) };
      const unripe = !isRipe(metric, own);
      rows.push({ period: start * DAY_LENGTH, label: spanText(own.first, own.last, grain) + noted(own, unripe),
        series: one.name, part: isPart(start, grain, range), unripe,
        value: isMissing(own.first, own.last) ? null : metricOf(cube, metric, sums.get(start)) });
    }
  }
  return alone(rows);
}

// What is to be known of a period besides its days; and whether it stands alone, so that a line would not show it.
function noted({ first, last }, unripe) {
  const words = [unripe ? "not final yet" : "", missingText(first, last)].filter(Boolean).join(", ");
  return words && ` (${words})`;
}

function alone(rows) {
  const isThere = (row, one) => row?.series === one.series && row.value !== null;
  return rows.map((one, at) => ({ ...one, alone: !isThere(rows[at - 1], one) && !isThere(rows[at + 1], one) }));
}

// The greatest members by the order asked for; what is left becomes one more, and is added up like them.
function chosenMembers(sums, query, cube, metric) {
  const value = (member) => metricOf(cube, metric, sums.get(member)) ?? -Infinity;
  const names = [...sums.keys()];
  const listed = cube.by[query.by.find((column) => column !== "period")].words;
  names.sort(query.order === "listed" ? (a, b) => listed.indexOf(a) - listed.indexOf(b) : (a, b) => value(b) - value(a));
  return query.top && names.length > query.top ? new Set(names.slice(0, query.top)) : new Set(names);
}

const REST = "all others";

function folded(sums, members) {
  const result = new Map([...members].map((name) => [name, sums.get(name)]));
  for (const [name, sum] of sums) if (!members.has(name)) result.set(REST, added(result.get(REST), sum));
  return result;
}

function byMember(cube, query, metric, columns, range, before, chosen) {
  const words = columns.map((column) => wordOf(cube, column));
  const keyOf = (row) => words.map((word) => word(row)).join(" · ");
  const sums = addUp(cube, range, chosen.filters, keyOf);
  const earlier = before ? addUp(cube, before, chosen.filters, keyOf) : new Map();
  for (const name of earlier.keys()) if (!sums.has(name)) sums.set(name, cube.parts.map(() => 0));
  // In a list of its own order a member that nothing is of has its place all the same.
  if (query.order === "listed") for (const name of cube.by[columns[0]].words) if (!sums.has(name)) sums.set(name, null);
  const members = chosenMembers(sums, query, cube, metric);
  const past = folded(earlier, members);
  const whole = total(cube, metric, range, chosen.filters);
  const { unit, better } = page.metrics[metric];
  const judged = before && isJudged(metric, range, before);
  const rows = [...folded(sums, members)].map(([name, sum]) => {
    const value = sum && metricOf(cube, metric, sum);
    const was = before && (sum || past.get(name)) ? metricOf(cube, metric, past.get(name)) : null;
    const difference = before && value !== null && was !== null ? value - was : null;
    return { [columns[0]]: name, value, before: was, difference, change: before ? changeOf(value, was, unit) : null,
      news: judged ? newsOf(difference, better) : "", share: isAdditive(cube, metric) && whole ? value / whole : null };
  });
  return query.order === "change" ? rows.filter((row) => row.difference).sort((a, b) => b.difference - a.difference) : rows;
}

function byPeriodAndMember(cube, query, metric, column, range, chosen) {
  const { grain, filters } = chosen;
  const word = wordOf(cube, column);
  const totals = addUp(cube, range, filters, word);
  const members = chosenMembers(totals, query, cube, metric);
  const named = [...members, ...(totals.size > members.size ? [REST] : [])];
  const sums = addUp(cube, range, filters, (row) => {
    const name = word(row);
    return `${GRAINS[grain].start(cube.days[row])}|${members.has(name) ? name : REST}`;
  });
  const rows = [];
  for (const start of periods(range, grain)) {
    let from = 0;
    const days = { first: Math.max(start, range.first), last: Math.min(GRAINS[grain].next(start) - 1, range.last) };
    const label = periodText(start, grain, range) + noted(days, !isRipe(metric, days));
    for (const name of named) {
      const value = isMissing(days.first, days.last) ? null : metricOf(cube, metric, sums.get(`${start}|${name}`));
      const to = from + (value ?? 0);
      rows.push({ period: start * DAY_LENGTH, end: GRAINS[grain].next(start) * DAY_LENGTH, label,
        part: isPart(start, grain, range), [column]: name, value, from, to });
      from = to;
    }
  }
  return rows;
}

const isAdditive = (cube, metric) => cube.metrics[metric][0] === "part";
