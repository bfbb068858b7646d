/**
 * What states, errors, reasons and times are called on the pages.
 */

/** @typedef {'calm'|'active'|'wait'|'alarm'|'off'} Tone */

/** The robot states in the order in which counts show them, each with its name and tone. */
export const STATES = /** @type {Record<string, {name: string, tone: Tone}>} */ ({
  running: { name: 'Cleaning', tone: 'active' },
  paused: { name: 'Paused', tone: 'wait' },
  seeking_charger: { name: 'Returning', tone: 'active' },
  charging: { name: 'Charging', tone: 'calm' },
  docked: { name: 'Docked', tone: 'calm' },
  stopped: { name: 'Stopped', tone: 'wait' },
  emptying_dust_bin: { name: 'Emptying dust bin', tone: 'calm' },
  cleaning_mop: { name: 'Washing mop', tone: 'calm' },
  filling_water_tank: { name: 'Filling water tank', tone: 'calm' },
  updating_maps: { name: 'Updating maps', tone: 'calm' },
  error: { name: 'Needs help', tone: 'alarm' },
  unknown: { name: 'No report yet', tone: 'off' },
});

const ERRORS = /** @type {Record<string, string>} */ ({
  unable_to_start_or_resume: 'It could not start.',
  unable_to_complete_operation: 'It gave up the work.',
  command_invalid_in_state: 'It cannot do that now.',
  failed_to_find_charging_dock: 'It did not find its dock.',
  stuck: 'It is stuck.',
  dust_bin_missing: 'The dust bin is missing.',
  dust_bin_full: 'The dust bin is full.',
  water_tank_empty: 'The water tank is empty.',
  water_tank_missing: 'The water tank is missing.',
  water_tank_lid_open: 'The lid of the water tank is open.',
  mop_cleaning_pad_missing: 'The mop pad is missing.',
  low_battery: 'The battery is too low.',
  cannot_reach_target_area: 'It cannot reach part of the area.',
  dirty_water_tank_full: 'The dirty water tank is full.',
  dirty_water_tank_missing: 'The dirty water tank is missing.',
  wheels_jammed: 'A wheel is blocked.',
  brush_jammed: 'A brush is blocked.',
  navigation_sensor_obscured: 'A sensor is covered.',
});

const REASONS = /** @type {Record<string, string>} */ ({
  expired: 'the request came too late',
  repeated: 'it had obeyed this already',
  retained: 'the request was an old copy',
  clock_unknown: 'it has just started and does not know the time yet; try again in a moment',
  foreign_pairing: 'it was paired anew; reload this page',
  busy: 'it is busy',
  invalid_in_state: 'it cannot do that now',
  rooms_changed: 'its rooms have changed; look at your choice and start again',
  not_located: 'it does not know where it is yet; put it into its dock, or start the whole home',
  unsupported: 'it is not able to do that',
  locked: 'it is locked',
  quiet_hours: 'these are its quiet hours; change them below',
  low_battery: 'its battery is too low',
  superseded: 'a later request took its place',
  robot_error: 'it needs help',
  interrupted: 'it was interrupted',
});

const OUTCOMES = /** @type {Record<string, string>} */ ({
  completed: 'Completed',
  stopped: 'Stopped early',
  failed: 'Failed',
  interrupted: 'Interrupted',
});

/** @param {string} state */
export function stateWords(state) {
  return STATES[state] ?? { name: sentence(state), tone: /** @type {Tone} */ ('off') };
}

/** @param {string|null} error @returns {string|null} null when all is well */
export function errorWords(error) {
  if (!error || error === 'no_error') return null;
  return ERRORS[error] ?? `${sentence(error)}.`;
}

/** @param {string|null} reason */
export function reasonWords(reason) {
  return REASONS[reason ?? ''] ?? (reason ? reason.replaceAll('_', ' ') : 'it gave no reason');
}

/** @param {import('./types.js').Run} run */
export function outcomeWords(run) {
  if (run.state === 'running') return 'Going on';
  if (run.state === 'paused') return 'Paused';
  return OUTCOMES[run.outcome ?? ''] ?? (run.outcome ? sentence(run.outcome) : 'Finished');
}

/** @param {string|null} lastSeen @returns {string} a sentence's end, such as "last heard 3 min ago" */
export function lastHeard(lastSeen) {
  return lastSeen === null ? 'not heard of yet' : `last heard ${ago(lastSeen)}`;
}

/** @param {string|number|null} time @returns {string} such as "3 min ago" or "yesterday at 14:20" */
export function ago(time) {
  if (time === null) return 'never';
  const at = new Date(time);
  const seconds = (Date.now() - at.getTime()) / 1000;
  if (seconds < 10) return 'just now';
  if (seconds < 60) return 'less than a minute ago';
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ago`;
  return dayAndClock(at);
}

/** @param {Date|string|number} time @returns {string} such as "today at 14:20" */
export function dayAndClock(time) {
  const at = new Date(time);
  const days = (startOfDay(new Date()) - startOfDay(at)) / 86_400_000;
  const day = Math.round(days) === 0 ? 'today' : Math.round(days) === 1 ? 'yesterday' : date(at);
  return `${day} at ${clock(at)}`;
}

/** @param {Date|string|number} time */
export function clock(time) {
  return new Date(time).toLocaleTimeString('en-GB', { hour: '2-digit', minute: '2-digit' });
}

/** @param {Date|string|number} time */
export function exactClock(time) {
  return new Date(time).toLocaleTimeString('en-GB');
}

/** @param {string} text @returns {string} with a capital first letter */
export function capital(text) {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** @param {Date} at */
function date(at) {
  return at.toLocaleDateString('en-GB', { day: 'numeric', month: 'short' });
}

/** @param {Date} at */
function startOfDay(at) {
  return new Date(at.getFullYear(), at.getMonth(), at.getDate()).getTime();
}

/** @param {string} name */
function sentence(name) {
  return capital(name.replaceAll('_', ' '));
}
