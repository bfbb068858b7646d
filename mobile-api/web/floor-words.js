/**
 * What the page says about floors: rooms, things that move, plans, and why something was refused and what to do next.
 */

import { explain, Problem } from './api.js';
import { dayAndClock } from './words.js';

/** @typedef {import('./types.js').Plan} Plan */
/** @typedef {import('./types.js').RoomType} RoomType */
/** @typedef {import('./types.js').Thing} Thing */

export const ROOM_TYPES = /** @type {Record<RoomType, string>} */ ({
  living_room: 'Living room',
  kitchen: 'Kitchen',
  bedroom: 'Bedroom',
  bathroom: 'Bathroom',
  hallway: 'Hallway',
  office: 'Office',
  dining_room: 'Dining room',
  other: 'Other',
});

const REFUSALS = /** @type {Record<string, string>} */ ({
  rooms_changed: 'The rooms have changed meanwhile. They were loaded again: look at them, then try once more.',
  precondition_failed:
    'Somebody else or a new run changed this meanwhile. It was loaded again: look at it, then try once more.',
  conflict: 'The map is just being updated. Try again in a moment.',
  rooms_not_adjacent: 'These two rooms do not touch each other. Pick two rooms with a border in common.',
  line_divides_nothing: 'This line does not cut the room in two. Pull it across the room, from wall to wall.',
  forbidden: 'You may look at this home, but not change it. Ask its owner.',
});

/** @param {unknown} error @returns {string} what was refused and what to do next */
export function refusalWords(error) {
  return (error instanceof Problem && REFUSALS[error.code]) || explain(error);
}

/** @param {unknown} error @returns {string} why there is no plan */
export function noPlanWords(error) {
  if (!(error instanceof Problem)) return explain(error);
  if (error.code === 'no_plan')
    return `No plan yet: ${reason(error.message)} The robot can still clean the whole home.`;
  if (error.code === 'rooms_changed') return 'The rooms have changed meanwhile. Look at your choice again.';
  return explain(error);
}

/** @param {unknown} error @returns {boolean} whether what is shown is no longer what is so */
export function isOutdated(error) {
  return error instanceof Problem && ['rooms_changed', 'precondition_failed', 'not_found'].includes(error.code);
}

/** @param {number} minutes @returns {string} such as "14 min" or "1 h 05 min" */
export function minutesWords(minutes) {
  const whole = Math.max(1, Math.round(minutes));
  if (whole < 60) return `${whole} min`;
  return `${Math.floor(whole / 60)} h ${String(whole % 60).padStart(2, '0')} min`;
}

/** @param {Plan} plan @returns {string} such as "372 m, one recharge on the way" */
export function planWords({ metres, recharges }) {
  const stops = ['no recharge', 'one recharge on the way'][recharges] ?? `${recharges} recharges on the way`;
  return `${Math.round(metres)} m, ${stops}`;
}

/** @param {Thing} thing */
export function thingWords({ presence, last_seen: seen }) {
  return `Here in ${presence} % of runs, last seen ${dayAndClock(seen)}`;
}

/** @param {number} count @param {string} one */
export function counted(count, one) {
  return `${count} ${count === 1 ? one : `${one}s`}`;
}

/** @param {string} text @returns {string} with a full stop, and a small first letter */
function reason(text) {
  return `${text.charAt(0).toLowerCase()}${text.slice(1).replace(/\.$/, '')}.`;
}
