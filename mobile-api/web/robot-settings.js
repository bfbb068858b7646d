/**
 * A robot's settings: read with their version, and saved only over the version that was read.
 */

import { Problem, path, request } from './api.js';

/** @typedef {import('./types.js').Restriction} Restriction */
/** @typedef {import('./types.js').RobotSettings} RobotSettings */
/** @typedef {{settings: RobotSettings, tag: string}} KnownSettings */

/** @param {RobotSettings} settings @returns {KnownSettings} with the tag that they are served with */
export function tagged(settings) {
  return { settings, tag: `"${settings.version}"` };
}

/** @param {string} robot @returns {Promise<KnownSettings>} */
export async function loadSettings(robot) {
  const { data, etag } = await request(path`/v1/robots/${robot}/settings`);
  return { settings: data, tag: etag ?? '' };
}

/**
 * @param {string} robot
 * @param {KnownSettings} known
 * @param {Restriction[]} restrictions
 * @returns {Promise<KnownSettings>}
 * @throws {import('./api.js').Problem} with status 412 when somebody else has changed them since
 */
export async function saveRestrictions(robot, known, restrictions) {
  return save(robot, known, { restrictions });
}

/**
 * Makes a change that holds whatever else was changed meanwhile.
 *
 * @param {string} robot
 * @param {KnownSettings} known
 * @param {(settings: RobotSettings) => Partial<RobotSettings>} change
 * @returns {Promise<KnownSettings>}
 */
export async function changeSettings(robot, known, change) {
  try {
    return await save(robot, known, change(known.settings));
  } catch (error) {
    if (!(error instanceof Problem) || error.status !== 412) throw error;
    const newer = await loadSettings(robot);
    return save(robot, newer, change(newer.settings));
  }
}

/** @param {string} robot @param {KnownSettings} known @param {Partial<RobotSettings>} change */
async function save(robot, { settings, tag }, change) {
  const { upload_map, child_lock, restrictions } = settings;
  const body = { upload_map, child_lock, restrictions, ...change };
  const headers = { 'If-Match': tag };
  const { data, etag } = await request(path`/v1/robots/${robot}/settings`, { method: 'PUT', body, headers });
  return { settings: data, tag: etag ?? '' };
}

/**
 * Puts what was changed here on top of what somebody else has changed meanwhile.
 *
 * @param {Restriction[]} base what both began with
 * @param {Restriction[]} theirs
 * @param {Restriction[]} mine
 * @returns {Restriction[]}
 */
export function merged(base, theirs, mine) {
  const added = without(mine, base);
  const removed = without(base, mine);
  return [...without(theirs, removed), ...without(added, theirs)];
}

/** @param {Restriction[]} one @param {Restriction[]} other @returns {boolean} */
export function isSame(one, other) {
  return one.length === other.length && without(one, other).length === 0 && without(other, one).length === 0;
}

/** @param {Restriction[]} all @param {Restriction[]} some */
function without(all, some) {
  const texts = new Set(some.map(text));
  return all.filter((restriction) => !texts.has(text(restriction)));
}

/** @param {Restriction} restriction */
function text({ kind, corners }) {
  return `${kind} ${corners.map(({ x, y }) => `${x},${y}`).join(' ')}`;
}
