// How numbers and days are written. report/numbers.py writes the same in what comes ready with the page.

const DASH = "–";
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

const grouped = (value, decimals) =>
  value.toLocaleString("en", { minimumFractionDigits: decimals, maximumFractionDigits: decimals });

// Money of 10,000 and more goes without cents; `exact` is for tables.
function written(value, unit, exact = false) {
  if (value === null || value === undefined) return DASH;
  if (typeof value === "string") return unit === "day" ? dayText(Date.parse(value) / DAY_LENGTH) : value;
  const sign = value < 0 ? "−" : "";
  const size = Math.abs(value);
  switch (unit) {
    case "money": return sign + page.currency.symbol + grouped(size, exact || size < 10000 ? 2 : 0);
    case "percent": return sign + grouped(size * 100, 1) + "%";
    case "change": return (value < 0 ? "−" : "+") + grouped(size * 100, size < 0.1 ? 1 : 0) + "%";
    case "points": return (value < 0 ? "−" : "+") + grouped(size * 100, 1) + " points";
    case "days": return sign + grouped(size, 1) + " days";
    case "score": return sign + grouped(size, 2);
    case "count": return sign + grouped(size, 0);
    default: return sign + size.toLocaleString("en");
  }
}

// By what share of `was` a value is more than it; of two shares it is the difference, in percentage points.
function changeOf(value, was, unit) {
  if (value === null || was === null) return null;
  if (unit === "percent") return value - was;
  return was ? (value - was) / Math.abs(was) : null;
}

const changeUnit = (unit) => (unit === "percent" ? "points" : "change");

// What a difference means where more (or less) is better: good, bad, or nothing.
const newsOf = (difference, better) =>
  !difference || better === "neither" ? "" : (difference > 0) === (better === "more") ? "good" : "bad";

// For axes: 12,000 is 12k.
function short(value, unit) {
  if (unit === "money" || unit === "count") {
    const size = Math.abs(value);
    const [by, letter] = size >= 1e9 ? [1e9, "B"] : size >= 1e6 ? [1e6, "M"] : size >= 1e3 ? [1e3, "k"] : [1, ""];
    const text = (size / by).toLocaleString("en", { maximumFractionDigits: 2 }) + letter;
    return (value < 0 ? "−" : "") + (unit === "money" ? page.currency.symbol : "") + text;
  }
  if (unit === "percent") return (value * 100).toLocaleString("en", { maximumFractionDigits: 1 }) + "%";
  return value.toLocaleString("en", { maximumFractionDigits: 2 });
}

function dayText(day) {
  const date = new Date(day * DAY_LENGTH);
  return `${WEEKDAYS[date.getUTCDay()]} ${date.getUTCDate()} ${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}`;
}
