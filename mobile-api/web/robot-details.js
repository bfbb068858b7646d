/**
 * What else is known of a robot, and what its owner can change.
 */

import { el, fill } from './dom.js';
import { openRename, openUnpair } from './pairing.js';
import { ago, capital } from './words.js';

/** @typedef {import('./types.js').Robot} Robot */

export class RobotDetails {
  /**
   * @param {Robot} robot
   * @param {{refresh: () => Promise<void>, locate: () => void}} options
   */
  constructor(robot, { refresh, locate }) {
    this.robot = robot;
    this.facts = el('dl', 'facts');
    const locateButton = button('Play a sound', '', locate);
    const rename = button('Rename', '', () => openRename(this.robot, refresh));
    const remove = button('Remove', 'button-danger-quiet', () => openUnpair(this.robot, refresh));
    this.node = el(
      'section',
      { class: 'side-card', attrs: { 'aria-label': 'About this robot' } },
      el('h2', { text: 'About this robot' }),
      this.facts,
      el('div', 'detail-actions', locateButton, rename, remove),
    );
    this.update(robot);
  }

  /** @param {Robot} robot */
  update(robot) {
    this.robot = robot;
    const rows = [
      ['Model', robot.model ?? 'Not reported'],
      ['Firmware', robot.firmware ?? 'Not reported'],
      ['Last heard', robot.connected ? 'Connected now' : capital(ago(robot.last_seen))],
      ['Vendor code', robot.vendor_error],
      ['Waiting to be sent', robot.waiting > 0 ? `${robot.waiting} reports` : null],
      ['Lost reports', robot.dropped > 0 ? String(robot.dropped) : null],
    ];
    const known = rows.filter(([, value]) => value !== null);
    fill(
      this.facts,
      ...known.flatMap(([name, value]) => [el('dt', { text: name ?? '' }), el('dd', { text: value ?? '' })]),
    );
  }
}

/** @param {string} text @param {string} className @param {() => void} act */
function button(text, className, act) {
  return el('button', { class: `button ${className}`, text, attrs: { type: 'button' }, on: { click: act } });
}
