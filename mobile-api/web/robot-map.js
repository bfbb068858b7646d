/**
 * Which map a robot's view shows: the run that goes on, live; an earlier run that was chosen; or the home's map.
 */

import { explain, get, path, Problem, request } from './api.js';
import { LiveRun } from './live-run.js';
import { MapPanel } from './map-panel.js';
import { readMap } from './raster.js';
import { dayAndClock } from './words.js';

/** @typedef {import('./types.js').Robot} Robot */
/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./raster.js').Raster} Raster */

/** How often the home's map is looked at again, in milliseconds: soon after a run, and otherwise. */
const SOON_MS = 3_000;
const LATER_MS = 60_000;
/** How long after a run its vote in the home's map is waited for, in milliseconds. */
const SETTLING_MS = 60_000;

export class RobotMap {
  /** @type {LiveRun|null} */
  #live = null;
  /** @type {Run|null} */
  #past = null;
  /** @type {{floor: string, etag: string|null, raster: Raster|null}|null} */
  #home = null;
  #lookedAt = 0;
  #endedAt = 0;

  /**
   * @param {Robot} robot
   * @param {{onState: () => void, lastFloor: () => string|null|undefined, onPast: (run: Run|null) => void}} options
   */
  constructor(robot, options) {
    this.robot = robot;
    this.options = options;
    this.panel = new MapPanel(() => this.showPast(null));
    this.panel.caption({ label: '', detail: 'Loading the map…', tone: 'calm' });
    this.look = () => (document.visibilityState === 'visible' ? this.update(this.robot) : this.#pauseLive());
    document.addEventListener('visibilitychange', this.look);
    this.update(robot);
  }

  dispose() {
    document.removeEventListener('visibilitychange', this.look);
    this.#live?.close();
    this.panel.dispose();
  }

  /** @param {Robot} robot */
  update(robot) {
    this.robot = robot;
    this.#followRun(robot.run);
    if (!this.#live && !this.#past) this.#refreshHome();
  }

  /** @param {Run|null} run an earlier run to look at, or null for what is now */
  async showPast(run) {
    this.#past = run;
    this.panel.close.hidden = run === null;
    this.options.onPast(run);
    if (!run) return this.#backToNow();
    this.#pauseLive();
    this.panel.view.setRobot(null);
    try {
      await this.#loadPast(run);
    } catch (error) {
      if (this.#past === run) this.#emptyPast(error);
    }
  }

  /** @param {Run} run */
  async #loadPast(run) {
    const base = path`/v1/robots/${this.robot.id}/runs/${run.id}`;
    const [map, full] = await Promise.all([get(`${base}/map`), get(base)]);
    if (this.#past !== run) return;
    this.panel.show(readMap(map, 'run'));
    this.panel.view.setTrack(inMetres(full.track));
    this.panel.view.fit();
    this.panel.caption({
      label: 'Earlier run',
      detail: `What the run of ${dayAndClock(run.started_at)} saw`,
      tone: 'calm',
    });
  }

  /** @param {unknown} error */
  #emptyPast(error) {
    this.panel.view.setTrack([]);
    this.panel.showEmpty('No map of this run', explain(error));
    this.panel.caption({ label: 'Earlier run', detail: '', tone: 'calm' });
  }

  /** @param {string|null} run */
  #followRun(run) {
    if ((this.#live?.run ?? null) === run) return;
    if (this.#live) this.#endLive();
    // Only somebody who looks pays for a live view.
    const watched = !this.#past && document.visibilityState === 'visible';
    if (run && watched) this.#live = new LiveRun(this.robot.id, run, this.panel, this.options.onState);
  }

  #pauseLive() {
    this.#live?.close();
    this.#live = null;
  }

  #endLive() {
    this.#pauseLive();
    this.#endedAt = Date.now();
    this.#lookedAt = 0;
    this.panel.view.setRobot(null);
    this.panel.caption({
      label: 'Run over',
      detail: 'The run is being folded into the map of the home…',
      tone: 'wait',
    });
  }

  #backToNow() {
    this.#lookedAt = 0;
    this.#home = null;
    this.panel.view.setTrack([]);
    this.update(this.robot);
    this.panel.view.fit();
  }

  async #refreshHome() {
    const settling = Date.now() - this.#endedAt < SETTLING_MS;
    if (Date.now() - this.#lookedAt < (settling ? SOON_MS : LATER_MS)) return;
    this.#lookedAt = Date.now();
    try {
      await this.#loadHome(settling);
    } catch (error) {
      this.#lookedAt = Date.now() - LATER_MS + SOON_MS;
      if (!this.#home?.raster && !this.#isElsewhere()) this.panel.showEmpty('The map cannot be shown', explain(error));
    }
  }

  /** @param {boolean} settling */
  async #loadHome(settling) {
    const floor = this.robot.floor ?? this.options.lastFloor();
    if (!floor) {
      this.#lookedAt = 0;
      return floor === null && this.#noMap(settling);
    }
    const known = this.#home?.floor === floor ? this.#home : null;
    const target = path`/v1/homes/${this.robot.home}/floors/${floor}/map`;
    const answer = await request(target, { headers: known?.etag ? { 'If-None-Match': known.etag } : {} }).catch(absent);
    if (this.#isElsewhere() || answer?.status === 304) return;
    const raster = answer && readMap(answer.data, 'home');
    if (!raster) return this.#noMap(settling);
    this.#home = { floor, etag: answer.etag, raster };
    this.panel.show(raster);
    this.panel.view.setTrack([]);
    this.panel.caption({ label: 'Home map', detail: votes(answer.data.version), tone: 'calm' });
  }

  /** @param {boolean} settling */
  #noMap(settling) {
    if (this.#isElsewhere() || settling || this.#home?.raster) return;
    this.panel.showEmpty('No map yet', 'Start a first run: the map draws itself while the robot cleans.');
    this.panel.caption({ label: '', detail: '', tone: 'calm' });
  }

  /** Whether by now something else than the home's map is shown. */
  #isElsewhere() {
    return this.#live !== null || this.#past !== null;
  }
}

/** @param {unknown} error */
function absent(error) {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}

/** @param {number} version */
function votes(version) {
  return version === 1 ? 'Learnt from 1 run' : `Learnt from ${version} runs`;
}

/** @param {[number, number][]|undefined} track @returns {[number, number][]} */
export function inMetres(track) {
  return (track ?? []).map(([x, y]) => [x / 1000, y / 1000]);
}
