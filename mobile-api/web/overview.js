/**
 * All that the first screen shows, in one answer: the homes, and of one of them the robots with their settings and last
 * runs, and the floors with the tags of their maps.
 */

import { get, Problem } from './api.js';

/** @typedef {import('./types.js').Floor} Floor */
/** @typedef {import('./types.js').Home} Home */
/** @typedef {import('./types.js').Robot} Robot */
/** @typedef {import('./types.js').RobotSettings} RobotSettings */
/** @typedef {import('./types.js').Run} Run */

/** How long an overview holds for a robot that is opened later, in milliseconds. */
const FRESH_MS = 60_000;

/**
 * @typedef {Robot & {settings: RobotSettings|null, last_run: Run|null}} OverviewRobot
 * @typedef {Floor & {map_tag: string|null}} OverviewFloor
 * @typedef {{homes: Home[], home: string|null, robots: OverviewRobot[], floors: OverviewFloor[]}} Overview
 *
 * @typedef {object} Known what an overview tells of one robot and its home
 * @property {RobotSettings|null} settings
 * @property {Run|null} lastRun
 * @property {OverviewFloor[]} floors
 * @property {string} limits changes with the settings of any robot of the home
 */

/**
 * @param {string|null} home the one that is wanted; the first when it is not there any more
 * @returns {Promise<Overview>}
 */
export async function loadOverview(home) {
  const first = '/v1/overview';
  if (!home) return get(first);
  return get(`${first}?${new URLSearchParams({ home })}`).catch((error) => {
    if (error instanceof Problem && error.status === 404) return get(first);
    throw error;
  });
}

export class OverviewMemory {
  /** @type {Overview|null} */
  #overview = null;
  #at = 0;

  /** @param {Overview} overview */
  take(overview) {
    this.#overview = overview;
    this.#at = Date.now();
  }

  /** @param {string} robot @returns {Known|null} null when nothing fresh is known of it */
  of(robot) {
    const { robots = [], floors = [] } = Date.now() - this.#at < FRESH_MS ? (this.#overview ?? {}) : {};
    const known = robots.find(({ id }) => id === robot);
    if (!known) return null;
    const limits = robots.map(({ settings }) => settings?.version ?? 0).join('.');
    return { settings: known.settings, lastRun: known.last_run, floors, limits };
  }
}
