/**
 * The things that are not always there: how often each was, and when it was last seen.
 */

import { el, keepInStep, say, setAttributes } from './dom.js';
import { roomName } from './floor-data.js';
import { middle, squareMetres } from './geometry.js';
import { dayAndClock } from './words.js';

/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {import('./types.js').Thing} Thing */
/** @typedef {import('./floor-scene.js').FloorScene} FloorScene */

export class ThingsPanel {
  /** @type {Map<string, ReturnType<typeof thingRow>>} */
  #rows = new Map();

  /** @param {import('./floor-desk.js').Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.hint = el('p', 'muted');
    this.list = el('ul', { class: 'rows', attrs: { 'aria-label': 'Things that move' } });
    this.node = el('div', 'panel', this.hint, this.list);
  }

  /** @param {FloorScene} scene */
  update(scene) {
    const { things, version } = scene.data;
    const none = version < 2 ? 'What moves shows from the second run on.' : 'Nothing on this floor has moved so far.';
    say(
      this.hint,
      things.length === 0 ? none : 'What the robot met in some runs and not in others, and in how many of them.',
    );
    keepInStep(this.list, things, this.#rows, (thing) => thingRow(thing, (chosen) => this.#show(chosen)));
    for (const thing of things) {
      const room = scene.roomAt(middle(thing.outline));
      const place = room ? `In ${roomName(room)}` : `Thing of ${squareMetres(thing.outline).toFixed(1)} m²`;
      this.#rows.get(thing.id)?.show(place, this.desk.thing === thing.id);
    }
  }

  /** @param {FloorScene} scene */
  tints(scene) {
    return scene.tints(() => false);
  }

  /** @type {import('./floor-desk.js').Draw} */
  draw(scene, context, camera, palette) {
    scene.drawLabels(context, camera, palette, () => '');
  }

  /** @param {FloorScene} scene @param {Corner} at */
  tap(scene, at) {
    return this.desk.showThing(scene.thingAt(at));
  }

  grab() {
    return null;
  }

  press() {
    return false;
  }

  isUnsaved() {
    return false;
  }

  /** @param {Thing} thing */
  #show(thing) {
    this.desk.showThing(thing);
    this.desk.reveal();
  }
}

/**
 * @param {Thing} thing
 * @param {(thing: Thing) => void} onChoose
 */
function thingRow(thing, onChoose) {
  let latest = thing;
  const name = el('span', 'row-name');
  const seen = el('span', 'row-note');
  const share = el('span', 'row-figure');
  const meter = el('meter', { class: 'presence', attrs: { min: 0, max: 100, 'aria-hidden': 'true' } });
  const button = el(
    'button',
    { class: 'row row-button', attrs: { type: 'button' }, on: { click: () => onChoose(latest) } },
    meter,
    el('span', 'row-words', name, seen),
    share,
  );
  return {
    node: el('li', {}, button),
    /** @param {Thing} now */
    update(now) {
      latest = now;
      meter.value = now.presence;
      say(seen, `Last seen ${dayAndClock(now.last_seen)}`);
      say(share, `${now.presence} %`);
    },
    /** @param {string} place @param {boolean} chosen */
    show(place, chosen) {
      say(name, place);
      setAttributes(button, { 'aria-pressed': String(chosen) });
    },
  };
}
