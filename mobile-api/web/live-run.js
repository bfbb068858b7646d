/**
 * A run that goes on, on the map panel: its own map growing, the robot in it, and how the live connection is.
 */

import { get, path } from './api.js';
import { LiveView } from './live.js';
import { RunMap, readMap } from './raster.js';
import { exactClock } from './words.js';

/** @typedef {import('./types.js').LivePose} LivePose */

/** A new point of the track is at least this far from the last one, in metres. */
const TRACK_STEP_METRES = 0.03;
const MOST_TRACK_POINTS = 20_000;
/** How often the stored map is read again where there is no live view, in milliseconds. */
const STORED_MS = 30_000;

export class LiveRun {
  /** @type {[number, number][]} */
  #track = [];
  #state = '';
  #closed = false;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #again;

  /**
   * @param {string} robot
   * @param {string} run
   * @param {string|null} floor what the robot's floor is called, where there are several
   * @param {import('./map-panel.js').MapPanel} panel
   * @param {() => void} onState the robot says that its state has changed
   */
  constructor(robot, run, floor, panel, onState) {
    this.floor = floor;
    this.run = run;
    this.robot = robot;
    this.panel = panel;
    this.onState = onState;
    this.map = new RunMap(run);
    panel.view.setTrack([]);
    panel.view.setRobot(null);
    this.live = new LiveView(robot, {
      onState: (state) => this.#caption(state),
      onPose: (pose) => this.#pose(pose),
      onTiles: ({ run: of, tiles }) => of === this.run && this.map.addTiles(tiles) && this.#show(),
    });
    this.#loadStored();
    this.#loadTrack();
  }

  get isLive() {
    return this.live.isLive;
  }

  close() {
    this.#closed = true;
    clearTimeout(this.#again);
    this.live.close();
  }

  /** Where the robot cannot be watched, what the cloud has of the run is what there is to see. */
  #followStored() {
    this.panel.caption({ label: 'Cleaning', detail: 'What the robot has sent so far; no live view here', tone: 'calm' });
    const again = async () => {
      await this.#loadStored();
      if (!this.#closed) this.#again = setTimeout(again, STORED_MS);
    };
    this.#again = setTimeout(again, STORED_MS);
  }

  /** What the cloud has of the run already fills the map until the robot has sent everything itself. */
  async #loadStored() {
    const map = await get(`${this.#path()}/map`).catch(() => null);
    const stored = map && readMap(map, 'run');
    if (this.#closed || !stored) return;
    this.map.addStored(stored);
    this.#show();
  }

  async #loadTrack() {
    const run = await get(this.#path()).catch(() => null);
    if (this.#closed) return;
    /** @type {[number, number][]} */
    const earlier = (run?.track ?? []).map((/** @type {[number, number]} */ [x, y]) => [x / 1000, y / 1000]);
    this.#track = [...earlier, ...this.#track];
    this.panel.view.setTrack(this.#track);
  }

  #path() {
    return path`/v1/robots/${this.robot}/runs/${this.run}`;
  }

  #show() {
    if (this.#closed) return;
    this.panel.show(this.map.raster);
  }

  /** @param {LivePose} pose */
  #pose(pose) {
    if (pose.run !== this.run || pose.state !== this.#state) this.onState();
    this.#state = pose.state;
    if (pose.run !== this.run) return;
    const at = { x: pose.x / 1000, y: pose.y / 1000, heading: pose.heading / 1000 };
    this.#extendTrack(at.x, at.y);
    this.panel.view.setRobot(at);
  }

  /** @param {number} x @param {number} y */
  #extendTrack(x, y) {
    const last = this.#track.at(-1);
    if (last && Math.hypot(x - last[0], y - last[1]) < TRACK_STEP_METRES) return;
    this.#track.push([x, y]);
    if (this.#track.length > MOST_TRACK_POINTS) this.#track.shift();
    this.panel.view.setTrack(this.#track);
  }

  /** @param {import('./live.js').LiveState} state */
  #caption(state) {
    switch (state.kind) {
      case 'connecting':
        return this.panel.caption({ label: 'Connecting', detail: 'Opening the live view…', tone: 'wait' });
      case 'live':
        return this.panel.caption({
          label: 'Live',
          detail: ['The map of this run, as the robot draws it', this.floor].filter(Boolean).join(' · '),
          tone: 'live',
        });
      case 'quiet':
        return this.panel.caption({
          label: 'No position',
          detail: `The robot was last heard at ${exactClock(state.since)}`,
          tone: 'wait',
        });
      case 'lost': {
        const seconds = Math.max(1, Math.round((state.retryAt - Date.now()) / 1000));
        return this.panel.caption({
          label: 'Reconnecting',
          detail: `The live connection was lost; next try in ${seconds} s`,
          tone: 'alarm',
        });
      }
      case 'unavailable':
        return this.#followStored();
      case 'ended':
        return undefined;
    }
  }
}
