/**
 * A run that goes on, on the map panel: its own map growing, the robot in it, and how the live connection is.
 */

import { get, path } from './api.js';
import { LiveView } from './live.js';
import { Playback } from './playback.js';
import { RunMap, readMap } from './raster.js';
import { exactClock } from './words.js';

/** A new point of the track is at least this far from the last one, in metres. */
const TRACK_STEP_METRES = 0.03;
const MOST_TRACK_POINTS = 20_000;
/** How often the stored map is read again where there is no live view, in milliseconds. */
const STORED_MS = 30_000;
/** How often the robot is moved on, in milliseconds: as far as its positions are apart; the view glides in between. */
const STEP_MS = 500;
/** How long the robot may take to show its map before what the cloud has of it is shown, in milliseconds. */
const STORED_AFTER_MS = 5_000;

export class LiveRun {
  /** @type {[number, number][]} */
  #track = [];
  /** @type {string|null} */
  #state = null;
  /** @type {{x: number, y: number}|null} */
  #shown = null;
  #closed = false;
  #playback = new Playback();

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
      onBatch: (batch) => this.#take(batch),
      onTiles: (pack) => this.#addTiles(pack),
    });
    this.steps = setInterval(() => this.#step(), STEP_MS);
    this.stored = setTimeout(() => this.map.raster || this.#loadStored(), STORED_AFTER_MS);
  }

  get isLive() {
    return this.live.isLive;
  }

  close() {
    this.#closed = true;
    clearInterval(this.steps);
    clearTimeout(this.stored);
    this.live.close();
  }

  /** Where the robot cannot be watched, what the cloud has of the run is what there is to see. */
  async #followStored() {
    clearTimeout(this.stored);
    await this.#loadStored();
    if (!this.#closed) this.stored = setTimeout(() => this.#followStored(), STORED_MS);
  }

  /** What the cloud has of the run fills the map of a robot that does not show it. */
  async #loadStored() {
    const map = await get(path`/v1/robots/${this.robot}/runs/${this.run}/map`).catch(() => null);
    const stored = map && readMap(map, 'run');
    if (this.#closed || !stored) return;
    this.map.addStored(stored);
    this.#show();
  }

  #show() {
    if (this.#closed) return;
    this.panel.show(this.map.raster);
  }

  /** @param {import('./live-batch.js').LiveBatch} batch */
  #take({ run, state, clock, poses, pack }) {
    if (run !== this.run || (this.#state !== null && state !== this.#state)) this.onState();
    this.#state = state;
    if (run !== this.run) return;
    this.#playback.add(clock, poses, Date.now());
    if (pack) this.#addTiles(pack);
    this.#step();
  }

  /** @param {import('./tiles.js').TilePack} pack */
  #addTiles({ run, tiles }) {
    if (run === this.run && this.map.addTiles(tiles)) this.#show();
  }

  #step() {
    const at = this.#playback.at(Date.now());
    if (!at || at === this.#shown || this.#closed) return;
    this.#shown = at;
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
        this.onState();
        return this.panel.caption({
          label: 'No position',
          detail: `The robot was last heard at ${exactClock(state.since)}`,
          tone: 'wait',
        });
      case 'lost': {
        this.onState();
        const seconds = Math.max(1, Math.round((state.retryAt - Date.now()) / 1000));
        return this.panel.caption({
          label: 'Reconnecting',
          detail: `The live connection was lost; next try in ${seconds} s`,
          tone: 'alarm',
        });
      }
      case 'unavailable':
        this.panel.caption({
          label: 'Cleaning',
          detail: 'What the robot has sent so far; no live view here',
          tone: 'calm',
        });
        this.#followStored();
        return undefined;
      case 'ended':
        return undefined;
    }
  }
}
