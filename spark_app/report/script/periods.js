// Days (since 1970, UTC), the periods they fall into, and the days that days are compared with.

const DAY_LENGTH = 86400000;
const isoDay = (day) => new Date(day * DAY_LENGTH).toISOString().slice(0, 10);
const dayOf = (text) => Math.round(Date.parse(text + "T00:00:00Z") / DAY_LENGTH);
const monthOf = (day) => { const d = new Date(day * DAY_LENGTH); return d.getUTCFullYear() * 12 + d.getUTCMonth(); };
const firstOfMonth = (month) => Math.round(Date.UTC(Math.floor(month / 12), month % 12, 1) / DAY_LENGTH);

// First day of the period a day lies in, and of the one after. Weeks begin on Monday.
const GRAINS = {
  day: { start: (day) => day, next: (start) => start + 1 },
  week: { start: (day) => day - ((day + 3) % 7), next: (start) => start + 7 },
  month: { start: (day) => firstOfMonth(monthOf(day)), next: (start) => firstOfMonth(monthOf(start) + 1) },
};

function periodText(start, grain, range) {
  if (grain === "day") return dayText(start);
  const date = new Date(start * DAY_LENGTH);
  const whole = grain === "month" ? `${MONTHS[date.getUTCMonth()]} ${date.getUTCFullYear()}` : `week of ${dayText(start).slice(4)}`;
  return isPart(start, grain, range) ? `${whole} (part)` : whole;
}

// Days in words: the period they are of, or from the first to the last where they are of two.
function spanText(first, last, grain) {
  const start = GRAINS[grain].start(first);
  return last < GRAINS[grain].next(start) ? periodText(start, grain, { first, last }) : `${dayText(first)} to ${dayText(last)}`;
}

// How many of some days did not land: what was sold on them is not known, which is not nothing.
const missingOf = (first, last) => page.span.missing.filter((day) => day >= first && day <= last).length;
const isMissing = (first, last) => missingOf(first, last) === last - first + 1;

function missingText(first, last) {
  const missing = missingOf(first, last);
  return !missing ? "" : isMissing(first, last) ? "not landed" : `${missing} of ${last - first + 1} days not landed`;
}

const isPart = (start, grain, range) => start < range.first || GRAINS[grain].next(start) - 1 > range.last;

// The same day of an earlier year's calendar; 29 February becomes the 28th.
function yearBefore(day) {
  const date = new Date(day * DAY_LENGTH);
  const month = monthOf(day) - 12;
  return Math.min(firstOfMonth(month) + date.getUTCDate() - 1, firstOfMonth(month + 1) - 1);
}

// What a range is compared with: {first, last, name, shift(day)}, null where nothing is, or data do not reach back.
// A year is 52 weeks, so that weekdays meet; by months it is the calendar's.
function compared(range, grain, mode) {
  const calendar = mode === "year" && grain === "month";
  const length = range.last - range.first + 1;
  const back = { week: 7, year: 364, before: length }[mode];
  if (!back) return null;
  const shift = calendar ? yearBefore : (day) => day - back;
  const earlier = { first: shift(range.first), last: shift(range.last), name: COMPARISONS[mode], shift };
  return earlier.first < page.span.first ? null : earlier;
}

const COMPARISONS = { before: "the days just before", week: "a week before", year: "a year before" };

// Starts of all periods of a range, those without rows too.
function periods(range, grain) {
  const starts = [];
  for (let at = GRAINS[grain].start(range.first); at <= range.last; at = GRAINS[grain].next(at)) starts.push(at);
  return starts;
}
