// What the address chooses. What it says that cannot be is told in words and not followed: a page never shows all, or
// nothing, as though that had been asked for.

const quoted = (text) => `“${text.length > 40 ? `${text.slice(0, 40)}…` : text}”`;

// An address may also name a place on the page, as the link that skips to the figures does.
const isPlace = (hash) => !hash.includes("=") && Boolean(document.getElementById(hash.slice(1)));

// {range, grain, compare, filters}; sentences about what was not followed are put into `said`.
function readAddress(hash, said) {
  const given = new URLSearchParams(hash.slice(1));
  const known = ["from", "to", "grain", "compare", ...page.filters.map(({ column }) => column)];
  for (const name of new Set(given.keys())) {
    if (!known.includes(name)) said.push(`This page has no choice ${quoted(name)}.`);
    else if (given.getAll(name).length > 1) said.push(`${quoted(name)} is given more than once; the first holds.`);
  }
  const range = readDays(given, said);
  const grain = oneOf(given, "grain", Object.keys(GRAINS), grainFor(range.last - range.first + 1), said);
  const compare = oneOf(given, "compare", ["none", ...Object.keys(COMPARISONS)], usualComparison(), said);
  const filters = {};
  for (const filter of page.filters) {
    const word = readWord(given.get(filter.column), filter, said);
    if (word) filters[filter.column] = word;
  }
  return { range, grain, compare, filters };
}

function readDays(given, said) {
  const { first, last } = usualDays();
  const from = readDay(given.get("from"), said), to = readDay(given.get("to"), said);
  if (from === null && to === null) return { first, last };
  if (from === null) return within(to - (last - first), to, said);
  return within(from, to ?? Math.max(from, page.span.last), said);
}

function readDay(text, said) {
  if (text === null) return null;
  const day = /^\d{4}-\d{2}-\d{2}$/.test(text) ? dayOf(text) : NaN;
  if (Number.isFinite(day) && isoDay(day) === text) return day;
  said.push(`${quoted(text)} is no day.`);
  return null;
}

// Days of those that are there, the right way round.
function within(from, to, said) {
  const { first, last } = page.span;
  if (from > to) said.push("The first day was after the last: they have changed places.");
  const [low, high] = from <= to ? [from, to] : [to, from];
  if (low > last || high < first) {
    said.push(`There are no figures of ${isoDay(low)} to ${isoDay(high)}: they go from ${isoDay(first)} to ${isoDay(last)}. The newest are shown.`);
    return usualDays();
  }
  if (low < first || high > last) said.push(`Figures go from ${isoDay(first)} to ${isoDay(last)}; other days are left out.`);
  return { first: Math.max(first, low), last: Math.min(last, high) };
}

function oneOf(given, name, words, usual, said) {
  const word = given.get(name);
  if (word === null || words.includes(word)) return word ?? usual;
  said.push(`${quoted(word)} is nothing that ${name} can be (${words.join(", ")}).`);
  return usual;
}

function readWord(word, { column, title }, said) {
  if (!word) return null;
  const words = [...form.elements[column].options].map(({ value }) => value);
  if (words.includes(word)) return word;
  // "CA" may be meant by "CA, US", unless it is as well by another.
  const meant = words.filter((one) => one.startsWith(`${word}, `));
  if (meant.length === 1) return meant[0];
  if (meant.length) said.push(`${quoted(word)} may be ${meant.join(" or ")}: all are shown.`);
  else said.push(`${quoted(word)} is no ${title.toLowerCase()} in these data: all are shown.`);
  return null;
}

function usualDays() {
  const { first, last } = page.span;
  return { first: Math.max(first, last - (last - first >= 180 ? 89 : 27)), last };
}

const usualComparison = () => (page.span.last - page.span.first >= 364 + 89 ? "year" : "before");
const grainFor = (length) => (length <= 95 ? "day" : length <= 420 ? "week" : "month");
