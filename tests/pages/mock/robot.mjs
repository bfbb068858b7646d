/** A made-up robot: it takes commands after a moment, drives its lanes, and tells who watches. */

import { homeDocument, Plan, Seen } from './plan.mjs';

const STEP_MS = 100;
let serial = 1n;

export class MockRobot {
  constructor(fields) {
    this.robot = {
      connected: true,
      last_seen: now(),
      state: 'docked',
      battery: 100,
      error: null,
      vendor_error: null,
      firmware: '1.4.0',
      model: 'Sim One',
      capabilities: ['locate'],
      settings_version: { wanted: 1, applied: 1 },
      run: null,
      floor: null,
      waiting: 0,
      dropped: 0,
      ...fields,
    };
    this.plan = new Plan();
    this.lanes = this.plan.lanes();
    this.runs = [];
    this.maps = new Map();
    this.watchers = new Set();
    this.version = 0;
    setInterval(() => this.#step(), STEP_MS).unref();
    setInterval(() => this.#tell(), 500).unref();
  }

  refuses(type) {
    if (!this.robot.connected) return 'robot_offline';
    return type === 'start' && ['running', 'paused'].includes(this.robot.state) ? 'robot_busy' : null;
  }

  obey(type) {
    if (type === 'start') this.#start();
    if (type === 'pause') this.#set('paused');
    if (type === 'resume') this.#set('running');
    if (type === 'stop') this.#finish('stopped', 'stopped');
    if (type === 'dock') this.#finish('stopped', 'seeking_charger');
  }

  home() {
    return this.last && this.version > 0 ? homeDocument(this.plan, this.last, this.version) : null;
  }

  #start() {
    serial += 1n;
    this.number = (BigInt(Date.now()) << 80n) | serial;
    this.robot.run = `run_${crockford(this.number)}`;
    this.seen = new Seen(this.plan);
    this.at = 0;
    this.runs.unshift({
      id: this.robot.run,
      robot: this.robot.id,
      state: 'running',
      outcome: null,
      started_at: now(),
      updated_at: now(),
      finished_at: null,
      area_m2: 0,
      minutes: 0,
      initiator: { by: 'command' },
      floor: null,
      in_map: false,
      track: [],
    });
    this.maps.set(this.robot.run, this.seen);
    this.#set('running');
  }

  #set(state) {
    this.robot.state = state;
    this.robot.last_seen = now();
    if (this.runs[0] && this.robot.run) this.runs[0].state = state === 'paused' ? 'paused' : 'running';
  }

  #finish(outcome, state) {
    const run = this.runs[0];
    if (this.robot.run && run) {
      Object.assign(run, { state: 'finished', outcome, finished_at: now() });
      setTimeout(() => this.#seal(run), 1500).unref();
    }
    this.robot.run = null;
    this.#set(state);
    if (state === 'seeking_charger') setTimeout(() => this.#set('charging'), 3000).unref();
  }

  #seal(run) {
    this.version += 1;
    this.last = this.maps.get(run.id);
    this.robot.floor = `floor_${this.robot.id.slice(6)}`;
    Object.assign(run, { state: 'sealed', in_map: true, floor: this.robot.floor });
  }

  #step() {
    if (this.robot.state !== 'running') return;
    const run = this.runs[0];
    this.at = Math.min(this.at + 3, this.lanes.length - 1);
    const [x, y] = this.lanes[this.at];
    const [px, py] = this.lanes[this.at - 1];
    this.pose = { x, y, heading: Math.atan2(y - py, x - px) };
    this.seen.look(x, y);
    run.track.push([Math.round(x * 1000), Math.round(y * 1000)]);
    run.area_m2 = Math.round(this.at * 0.26) / 10;
    run.minutes = Math.round(this.at / 30);
    this.robot.battery = 100 - Math.round(this.at / 40);
    if (this.at === this.lanes.length - 1) this.#finish('completed', 'seeking_charger');
  }

  #tell() {
    for (const watcher of this.watchers) {
      const { x = 0, y = 0, heading = 0 } = this.pose ?? {};
      const milli = (value) => Math.round(value * 1000);
      watcher.pose(
        JSON.stringify({
          v: 1,
          run: this.robot.run,
          x: milli(x),
          y: milli(y),
          heading: milli(heading),
          state: this.robot.state,
        }),
      );
      if (this.robot.run) watcher.tiles(this.seen.pack(this.number, !watcher.told));
      watcher.told = true;
    }
  }
}

export function now() {
  return new Date().toISOString();
}

function crockford(number) {
  let digits = '';
  for (let index = 0; index < 26; index += 1, number >>= 5n)
    digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ'[Number(number & 31n)] + digits;
  return digits;
}
