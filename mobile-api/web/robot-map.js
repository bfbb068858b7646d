/**
 * Which map a robot's view shows: the run that goes on, live; an earlier run that was chosen; or a floor of the home.
 */

import { explain, get, path } from './api.js';
import { FloorFeed } from './floor-feed.js';
import { LiveRun } from './live-run.js';
import { MapPanel } from './map-panel.js';
import { readMap } from './raster.js';
import { dayAndClock } from './words.js';

/** @typedef {import('./types.js').Robot} Robot */
/** @typedef {import('./types.js').Run} Run */
/** @typedef {import('./floor-data.js').FloorData} FloorData */

/** How long after a run its vote in the home's map is waited for, in milliseconds. */
const SETTLING_MS = 60_000;
/** The view that is no floor. */
const LIVE = 'live';
const UNMAPPED = 'Start a first run: the map draws itself while the robot cleans.';
const PARKED = 'The last run fits none of the floors of this home. After one more run here, both make a new floor.';

export class RobotMap {
  /** @type {LiveRun|null} */
  #live = null;
  /** @type {Run|null} */
  #past = null;
  /** The floor that was chosen instead of the robot's, or instead of its run. @type {string|null} */
  #chosen = null;
  #endedAt = 0;

  /**
   * @param {Robot} robot
   * @param {import('./overview.js').Known|null} known
   * @param {object} options
   * @param {() => void} options.onState
   * @param {() => string|null|undefined} options.lastFloor undefined while it is not known
   * @param {() => boolean} options.isLastParked whether the last run fits no floor
   * @param {(run: Run|null) => void} options.onPast
   * @param {(data: FloorData|null) => void} options.onFloor what is known of the floor, or that nothing is
   * @param {(shown: boolean) => void} options.onMap whether the map shows that floor now, and not a run
   */
  constructor(robot, known, options) {
    this.robot = robot;
    this.options = options;
    this.panel = new MapPanel({ onClose: () => this.showPast(null), onView: (view) => this.#choose(view) });
    this.panel.caption({ label: '', detail: 'Loading the map…', tone: 'calm' });
    this.feed = new FloorFeed(robot.home, known?.floors ?? [], {
      onFloors: () => this.#showSwitch(),
      onData: (data) => this.#showFloor(data),
      onNothing: () => this.#noMap(),
      onError: (error) => this.#failed(error),
    });
    this.look = () => (document.visibilityState === 'visible' ? this.update(this.robot) : this.#pauseLive());
    document.addEventListener('visibilitychange', this.look);
  }

  /** Whether the robot itself tells what is shown. */
  get isLive() {
    return this.#live?.isLive ?? false;
  }

  dispose() {
    document.removeEventListener('visibilitychange', this.look);
    this.#live?.close();
    this.feed.forget();
    this.panel.dispose();
  }

  /** @param {Robot} robot */
  update(robot) {
    if (this.robot.run !== robot.run) this.#chosen = null;
    this.robot = robot;
    this.#followRun(robot.run);
    this.#showSwitch();
    if (!this.#past) this.#look();
  }

  /** Shows the floor even while a run goes on. */
  showFloor() {
    if (this.#isElsewhere() && this.feed.data) this.#choose(this.feed.data.floor);
  }

  /** Looks again at the floor that is shown. */
  reload() {
    return this.feed.reload();
  }

  /** @returns {string} the name of the floor that is shown */
  floorName() {
    return this.feed.name(this.feed.data?.floor ?? null) ?? '';
  }

  /** @param {Run|null} run an earlier run to look at, or null for what is now */
  async showPast(run) {
    this.#past = run;
    this.panel.close.hidden = run === null;
    this.options.onPast(run);
    if (!run) return this.#backToNow();
    this.#pauseLive();
    this.#leaveFloor();
    this.#showSwitch();
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
    // Only somebody who looks pays for a live view.
    const watched = !this.#past && !this.#chosen && document.visibilityState === 'visible';
    const wanted = watched ? run : null;
    if ((this.#live?.run ?? null) === wanted) return;
    if (this.#live && run === null) this.#endLive();
    else this.#pauseLive();
    if (!wanted) return;
    this.#leaveFloor();
    const floor = this.feed.floors.length > 1 ? this.feed.name(this.robot.floor) : null;
    this.#live = new LiveRun(this.robot.id, wanted, floor, this.panel, this.options.onState);
  }

  #pauseLive() {
    this.#live?.close();
    this.#live = null;
  }

  #endLive() {
    this.#pauseLive();
    this.#endedAt = Date.now();
    this.feed.hurry();
    this.#leaveFloor();
    if (this.feed.data) this.#paintFloor(this.feed.data);
    this.panel.caption({
      label: 'Run over',
      detail: 'The run is being folded into the map of the home…',
      tone: 'wait',
    });
  }

  #backToNow() {
    this.#leaveFloor();
    this.panel.view.setTrack([]);
    this.update(this.robot);
    if (this.feed.data && !this.#live) this.#paintFloor(this.feed.data);
    else this.feed.hurry();
    this.panel.view.fit();
  }

  #leaveFloor() {
    this.panel.view.setRobot(null);
    this.options.onMap(false);
  }

  /** @param {string} view */
  #choose(view) {
    this.#chosen = view === LIVE ? null : view;
    this.#pauseLive();
    if (this.#past) this.showPast(null);
    else this.#backToNow();
  }

  #look() {
    const floor = this.#chosen ?? this.robot.floor ?? this.options.lastFloor();
    if (floor !== undefined) this.feed.look(floor, this.#isSettling());
    if (this.#endedAt === 0 || this.#isSettling()) return;
    this.#endedAt = 0;
    if (!this.feed.data) this.#noMap();
    else if (!this.#isElsewhere()) this.#paintFloor(this.feed.data);
  }

  /** Whether the last run may still change the map. */
  #isSettling() {
    return Date.now() - this.#endedAt < SETTLING_MS;
  }

  /** @param {FloorData} data */
  #showFloor(data) {
    this.options.onFloor(data);
    if (!this.#isElsewhere()) this.#paintFloor(data);
    this.#showSwitch();
  }

  /** @param {FloorData} data */
  #paintFloor(data) {
    this.panel.show(data.raster);
    this.panel.view.setTrack([]);
    this.panel.caption({ label: 'Home map', detail: votes(data.version), tone: 'calm' });
    this.options.onMap(true);
  }

  /** @param {unknown} error */
  #failed(error) {
    if (!this.feed.data && !this.#isElsewhere()) this.panel.showEmpty('The map cannot be shown', explain(error));
  }

  #noMap() {
    if (this.#isSettling() || this.feed.data) return;
    this.options.onFloor(null);
    if (this.#isElsewhere()) return;
    const parked = this.options.isLastParked() && 'Not on a known floor yet';
    this.panel.showEmpty(parked || 'No map yet', parked ? PARKED : UNMAPPED);
    this.panel.caption({ label: '', detail: '', tone: 'calm' });
  }

  #showSwitch() {
    const floors = this.feed.floors.map(({ id, name }) => ({ id, name }));
    const views = this.robot.run ? [{ id: LIVE, name: 'This run' }, ...floors] : floors;
    const shown = this.#live ? LIVE : (this.#chosen ?? this.feed.data?.floor ?? null);
    this.panel.switch.update(this.#past ? [] : views, shown);
  }

  /** Whether the map shows something else than a floor. */
  #isElsewhere() {
    return this.#live !== null || this.#past !== null;
  }
}

/** @param {number} version */
function votes(version) {
  return version === 1 ? 'Learnt from 1 run' : `Learnt from ${version} runs`;
}

/** @param {[number, number][]|undefined} track @returns {[number, number][]} */
function inMetres(track) {
  return (track ?? []).map(([x, y]) => [x / 1000, y / 1000]);
}
