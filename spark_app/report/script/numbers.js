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
    case "days": return sign + grouped(size, 1) + " days";
    case "score": return sign + grouped(size, 2);
    case "count": return sign + grouped(size, 0);
    default: return sign + size.toLocaleString("en");
  }
}

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
