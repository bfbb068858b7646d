/**
 * A room in a list, with a box to tick.
 */

import { el, say, setAttributes } from './dom.js';
import { roomName } from './floor-data.js';
import { swatch } from './parts.js';

/** @typedef {import('./types.js').Room} Room */

/**
 * @param {Room} room
 * @param {(id: string) => void} onToggle
 */
export function roomRow(room, onToggle) {
  const box = el('input', { attrs: { type: 'checkbox' }, on: { change: () => onToggle(room.id) } });
  const mark = swatch('');
  const name = el('span', 'row-name');
  const figure = el('span', 'row-figure');
  return {
    node: el('li', {}, el('label', 'row', box, mark, name, figure)),
    /** @param {Room} now */
    update: (now) => say(name, roomName(now)),
    /** @param {boolean} picked @param {string} words @param {string} colour */
    show(picked, words, colour) {
      box.checked = picked;
      setAttributes(mark, { 'data-swatch': colour });
      say(figure, words);
    },
  };
}
