// Weeks (Monday to Sunday) of the time bar, and windows of some of them.

const DAY = 86_400_000;

/** "2026-W48" as its Monday, at midnight UTC: a day of the calendar, not a moment. */
export function mondayOf(week) {
  const [year, number] = week.split("-W").map(Number);
  const fourth = new Date(Date.UTC(year, 0, 4)); // always in week 1
  return new Date(fourth.getTime() - ((fourth.getUTCDay() + 6) % 7) * DAY + (number - 1) * 7 * DAY);
}

export const iso = (date) => date.toISOString().slice(0, 10);

export const daysBefore = (day, count) => iso(new Date(Date.parse(`${day}T00:00:00Z`) - count * DAY));

/** A window of whole weeks up to that with number `last`, as first and last day; never beyond today. */
export function windowOf(weeks, last, length, today) {
  const first = iso(mondayOf(weeks[Math.max(0, last - length + 1)]));
  const sunday = iso(new Date(mondayOf(weeks[last]).getTime() + 6 * DAY));
  return { first, last: sunday < today ? sunday : today };
}

/** How many whole weeks lie between the week of a day and a Monday after it. */
export const weeksBefore = (monday, day) => Math.ceil((monday.getTime() - Date.parse(`${day}T00:00:00Z`)) / DAY / 7);
