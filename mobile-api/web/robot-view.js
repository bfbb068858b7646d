/**
 * One robot: its map, its controls, its last runs and what else is known of it.
 */

import { Controls } from './controls.js';
import { el, say } from './dom.js';
import { roomName } from './floor-data.js';
import { FloorDesk } from './floor-desk.js';
import { icon } from './icons.js';
import { batteryMeter } from './robot-card.js';
import { RobotDetails } from './robot-details.js';
import { RobotMap } from './robot-map.js';
import { RunsList } from './runs-list.js';
import { SchedulePanel } from './schedule-panel.js';
import { stateWords } from './words.js';

/** @typedef {import('./types.js').Robot} Robot */

/** How old the list of runs may be, in milliseconds: in the minute after a run, and otherwise. */
const SETTLING_MS = 2_500;
const IDLE_MS = 60_000;
/** A robot that reports a new state is asked about at most this often, in milliseconds. */
const LEAST_BETWEEN_MS = 1_000;

export class RobotView {
  #refreshedAt = 0;
  #ranUntil = 0;

  /**
   * @param {Robot} robot
   * @param {import('./overview.js').Known|null} known
   * @param {() => Promise<void>} refresh ask the API about the robots now
   */
  constructor(robot, known, refresh) {
    this.id = robot.id;
    this.robot = robot;
    this.refresh = refresh;
    this.name = el('h1', { class: 'robot-name', attrs: { tabindex: -1 } });
    this.state = el('p', 'robot-state');
    this.now = el('div', 'robot-now', this.state);
    this.battery = batteryMeter();
    this.runs = new RunsList(
      robot.id,
      known,
      (run) => this.#choose(run),
      () => this.map.update(this.robot),
    );
    this.schedule = new SchedulePanel(robot.id);
    this.map = new RobotMap(robot, known, {
      onState: () => this.#refreshSoon(),
      lastFloor: () => this.runs.lastFloor(),
      isLastParked: () => this.runs.isLastParked(),
      onPast: (run) => this.runs.select(run?.id ?? null),
      onFloor: (data) => {
        this.desk.show(data);
        this.schedule.showRooms(data?.rooms.map((room) => ({ id: room.id, name: roomName(room) })) ?? []);
      },
      onMap: (shown) => this.desk.setOnMap(shown),
    });
    this.controls = new Controls(robot, {
      onProgress: (refusal) => this.#progress(refusal),
      order: () => this.desk.order(),
    });
    this.desk = new FloorDesk(robot, known, this.map.panel, {
      reload: () => this.map.reload(),
      floorName: () => this.map.floorName(),
      showFloor: () => this.map.showFloor(),
      onOrder: () => this.controls.showOrder(this.desk.orderWords(), this.desk.remark()),
    });
    this.details = new RobotDetails(robot, { refresh, locate: () => this.controls.ask('locate') });
    this.node = el(
      'article',
      'robot',
      el('header', 'robot-head', backLink(), el('div', 'robot-words', this.name, this.now), this.battery.node),
      this.map.panel.node,
      el(
        'div',
        'robot-desk',
        this.desk.node,
        this.controls.node,
        el('div', 'robot-side', this.runs.node, this.schedule.node, this.details.node),
      ),
    );
    this.desk.begin(known?.settings ?? null);
    this.schedule.begin(known?.settings ?? null);
    this.update(robot);
  }

  /** Whether the robot itself tells what it does. */
  get isLive() {
    return this.map.isLive;
  }

  dispose() {
    this.map.dispose();
    this.runs.dispose();
    this.desk.dispose();
    this.controls.dispose();
  }

  /** @param {Robot} robot */
  update(robot) {
    const changed = this.robot.run !== robot.run;
    if (changed && this.robot.run) this.#ranUntil = Date.now();
    this.robot = robot;
    const { name, tone } = stateWords(robot.state);
    say(this.name, robot.name);
    say(this.state, robot.connected ? name : 'Offline');
    this.state.dataset.tone = robot.connected ? tone : 'off';
    this.battery.update(robot);
    this.controls.update(robot);
    this.details.update(robot);
    this.desk.update(robot);
    this.schedule.update(robot);
    this.map.update(robot);
    const isSettling = Date.now() - this.#ranUntil < IDLE_MS;
    if (changed) this.runs.expire();
    this.runs.refresh(isSettling ? SETTLING_MS : IDLE_MS, isSettling);
  }

  /** @param {string|null} refusal */
  #progress(refusal) {
    this.refresh();
    if (refusal === 'rooms_changed') this.map.reload();
  }

  #refreshSoon() {
    if (Date.now() - this.#refreshedAt < LEAST_BETWEEN_MS) return;
    this.#refreshedAt = Date.now();
    this.refresh();
  }

  /** @param {import('./types.js').Run} run */
  #choose(run) {
    if (run.id === this.robot.run) this.map.showPast(null);
    else this.map.showPast(run);
    this.node.scrollIntoView({ block: 'start' });
  }
}

function backLink() {
  return el('a', { class: 'icon-button back', attrs: { href: '#', 'aria-label': 'Back to all robots' } }, icon('back'));
}
