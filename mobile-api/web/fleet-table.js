/**
 * The fleet as a table; on a narrow screen each row becomes a card. Rows keep their place while they update.
 */

import { el, fill, keepInStep, say, setAttributes } from './dom.js';
import { ago, capital, dayAndClock, errorWords, stateWords } from './words.js';

/** @typedef {import('./types.js').FleetRobot} FleetRobot */

const COLUMNS = ['Robot', 'State', 'Last seen', 'Battery', 'Firmware', 'Model', 'Problem', 'Waiting', 'Lost'];
/** The columns in which nothing is a zero. */
const FIGURES = new Set(['Waiting', 'Lost']);
const SKELETON_ROWS = 8;

export class FleetTable {
  /** @type {Map<string, {node: Element, update: (robot: FleetRobot) => void}>} */
  #rows = new Map();

  constructor() {
    const heads = COLUMNS.map((name) => el('th', { text: name, attrs: { scope: 'col', 'data-column': name } }));
    this.body = el('tbody');
    this.message = el('p', { class: 'table-message', attrs: { role: 'status', hidden: true } });
    this.table = el(
      'table',
      'table',
      el('caption', { class: 'visually-hidden', text: 'Robots' }),
      el('thead', {}, el('tr', {}, ...heads)),
      this.body,
    );
    this.node = el('div', 'table-frame', this.table, this.message);
    this.#showSkeleton();
  }

  /**
   * @param {FleetRobot[]} robots
   * @param {string} empty what to say when there are none
   */
  update(robots, empty) {
    if (this.#rows.size === 0) fill(this.body);
    this.table.removeAttribute('aria-busy');
    keepInStep(this.body, robots, this.#rows, row);
    this.#say(robots.length === 0 ? empty : '');
  }

  /** The rows are about to change. */
  wait() {
    this.table.setAttribute('aria-busy', 'true');
  }

  /** @param {string} text why there are no newer rows */
  fail(text) {
    this.table.removeAttribute('aria-busy');
    if (this.#rows.size > 0) return;
    fill(this.body);
    this.#say(text);
  }

  /** @param {string} text */
  #say(text) {
    say(this.message, text);
    this.message.hidden = text === '';
  }

  #showSkeleton() {
    const cell = () => el('td', { attrs: { colspan: COLUMNS.length } }, el('div', 'skeleton skeleton-row'));
    fill(
      this.body,
      ...Array.from({ length: SKELETON_ROWS }, () => el('tr', { attrs: { 'aria-hidden': 'true' } }, cell())),
    );
  }
}

function row() {
  const cells = Object.fromEntries(
    COLUMNS.map((name) => [name, el('td', { attrs: { 'data-label': name, 'data-column': name } })]),
  );
  const node = el('tr', {}, ...Object.values(cells));
  const set = (/** @type {string} */ name, /** @type {string|number} */ text) => {
    const cell = cells[name];
    if (!cell) return;
    say(cell, text ? String(text) : FIGURES.has(name) ? '0' : '–');
    setAttributes(cell, { 'data-empty': !text });
  };
  return {
    node,
    /** @param {FleetRobot} robot */
    update(robot) {
      const { name, tone } = stateWords(robot.state);
      const problem = errorWords(robot.error);
      node.dataset.tone = robot.connected ? tone : 'off';
      set('Robot', robot.id);
      set('State', robot.connected ? name : `Offline · ${name.toLowerCase()}`);
      set('Last seen', robot.connected ? 'Connected' : capital(ago(robot.last_seen)));
      set('Battery', robot.battery === null ? '' : `${robot.battery}%`);
      set('Firmware', robot.firmware ?? '');
      set('Model', robot.model ?? '');
      set('Problem', [problem, robot.vendor_error].filter(Boolean).join(' '));
      set('Waiting', robot.waiting);
      set('Lost', robot.dropped);
      cells['Last seen']?.setAttribute('title', robot.last_seen ? capital(dayAndClock(robot.last_seen)) : 'Never');
    },
  };
}
