/**
 * One robot in the list: what it does, its charge, and when it was last heard.
 */

import { el, say, setAttributes } from './dom.js';
import { icon } from './icons.js';
import { ago, errorWords, stateWords } from './words.js';

/** @typedef {import('./types.js').Robot} Robot */

/** @param {Robot} robot */
export function robotCard(robot) {
  const name = el('span', 'card-name');
  const state = el('span', 'card-state');
  const heard = el('span', 'card-heard');
  const battery = batteryMeter();
  const link = el(
    'a',
    { class: 'card robot-card', attrs: { href: `#/robots/${robot.id}` } },
    el('span', 'card-icon', icon('robot')),
    el('span', 'card-words', name, state, heard),
    battery.node,
  );
  return {
    id: robot.id,
    node: el('div', { attrs: { role: 'listitem' } }, link),
    /** @param {boolean} chosen */
    select: (chosen) => setAttributes(link, { 'aria-current': chosen && 'true' }),
    /** @param {Robot} now */
    update(now) {
      const { name: words, tone } = stateWords(now.state);
      link.dataset.tone = now.connected ? tone : 'off';
      say(name, now.name);
      say(state, now.connected ? words : 'Offline');
      say(heard, now.connected ? (errorWords(now.error) ?? 'Connected') : seen(now.last_seen));
      battery.update(now);
    },
  };
}

/** @param {string|null} time */
function seen(time) {
  return time === null ? 'Not heard of yet' : `Seen ${ago(time)}`;
}

/** A battery with its charge, also read out. */
export function batteryMeter() {
  const level = el('span', 'battery-level');
  const figure = el('span', 'battery-figure');
  const bolt = icon('bolt', 'battery-bolt');
  const node = el(
    'span',
    'battery',
    bolt,
    figure,
    el('span', { class: 'battery-body', attrs: { 'aria-hidden': 'true' } }, level),
  );
  return {
    node,
    /** @param {{battery: number|null, state: string}} robot */
    update({ battery, state }) {
      const known = battery !== null;
      say(figure, known ? `${battery}%` : '–');
      setAttributes(node, {
        'data-level': !known ? 'unknown' : battery <= 15 ? 'low' : 'fine',
        'data-charging': state === 'charging',
      });
      setAttributes(node, { 'aria-label': known ? `Battery ${battery} percent` : 'Battery unknown', role: 'img' });
      level.style.width = `${battery ?? 0}%`;
    },
  };
}
