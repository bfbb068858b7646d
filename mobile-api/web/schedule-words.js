/**
 * What the page says about a robot's schedule and its quiet hours.
 */

import { dayAndClock, reasonWords } from './words.js';

/** @typedef {import('./types.js').ScheduleEntry} ScheduleEntry */
/** @typedef {import('./types.js').Weekday} Weekday */
/** @typedef {import('./types.js').DoNotDisturb} DoNotDisturb */
/** @typedef {{id: string, name: string}} NamedRoom */

/** The days in the order of the week, each with its name. */
export const DAYS = /** @type {[Weekday, string][]} */ ([
  ['mon', 'Mon'],
  ['tue', 'Tue'],
  ['wed', 'Wed'],
  ['thu', 'Thu'],
  ['fri', 'Fri'],
  ['sat', 'Sat'],
  ['sun', 'Sun'],
]);

/** The fewest days in a row that are named by the first and the last of them. */
const SPAN = 3;

/** @param {Weekday[]} days @returns {string} such as "Mon to Fri" or "Mon, Wed" */
export function daysWords(days) {
  if (days.length === DAYS.length) return 'Every day';
  /** @type {number[][]} */
  const spans = [];
  DAYS.forEach(([day], index) => {
    if (!days.includes(day)) return;
    const last = spans.at(-1);
    if (last?.at(-1) === index - 1) last.push(index);
    else spans.push([index]);
  });
  return spans.flatMap(spanWords).join(', ');
}

/** @param {number[]} span @returns {string[]} */
function spanWords(span) {
  const names = span.map((index) => DAYS[index]?.[1] ?? '');
  return names.length < SPAN ? names : [`${names[0]} to ${names.at(-1)}`];
}

/** @param {ScheduleEntry} entry @param {NamedRoom[]} rooms @returns {string} such as "Kitchen, Hallway" */
export function whereWords({ scope }, rooms) {
  if (scope.kind === 'whole_home') return 'Whole home';
  const names = scope.rooms.map((id) => rooms.find((room) => room.id === id)?.name);
  const known = names.filter((name) => name !== undefined);
  if (known.length === scope.rooms.length) return known.join(', ');
  return scope.rooms.length === 1 ? 'One room' : `${scope.rooms.length} rooms`;
}

/** @param {DoNotDisturb} quiet @returns {string} such as "22:00 to 07:00" */
export function quietWords({ from, to }) {
  return `${from} to ${to}`;
}

/** @param {import('./types.js').SkippedRun|null} skipped @returns {string} empty if the last scheduled run began */
export function skippedWords(skipped) {
  if (!skipped) return '';
  const why = skipped.reason === 'expired' ? 'it was off or had no time' : reasonWords(skipped.reason);
  return `The run of ${dayAndClock(skipped.due_at)} did not start: ${why}.`;
}

/** @param {ScheduleEntry[]} entries @returns {ScheduleEntry[]} in the order of the day */
export function byTime(entries) {
  return [...entries].sort((one, other) => one.at.localeCompare(other.at));
}
