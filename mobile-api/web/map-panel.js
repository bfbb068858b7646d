/**
 * The frame around the map: what it shows and since when, tools to move it, a legend, and what to say when there is none.
 */

import { brand } from './brand.js';
import { el, fill, say } from './dom.js';
import { floorSwitch } from './floor-switch.js';
import { icon } from './icons.js';
import { MapView } from './map-view.js';

/**
 * @typedef {object} Caption
 * @property {string} label in a word or two
 * @property {string} detail
 * @property {'calm'|'live'|'wait'|'alarm'} tone
 */

const LEGENDS = /** @type {const} */ ({
  home: [
    ['wall', 'Always there'],
    ['movable', 'Sometimes there'],
    ['dock', 'Dock'],
  ],
  run: [
    ['floor', 'Floor'],
    ['wall', 'Obstacle'],
    ['touched', 'Touched'],
    ['track', 'Track'],
  ],
});

export class MapPanel {
  /**
   * @param {object} handlers
   * @param {() => void} handlers.onClose the person has seen enough of an earlier run
   * @param {(view: string) => void} handlers.onView the person chose another floor, or the run that goes on
   */
  constructor({ onClose, onView }) {
    this.view = new MapView();
    this.switch = floorSwitch(onView);
    this.words = el('p', { class: 'map-note', attrs: { role: 'status' } });
    this.label = el('span', 'badge-label');
    this.badge = el(
      'span',
      { class: 'badge', attrs: { role: 'status' } },
      el('span', { class: 'dot', attrs: { 'aria-hidden': 'true' } }),
      this.label,
    );
    this.close = el(
      'button',
      { class: 'badge badge-close', attrs: { type: 'button', hidden: true }, on: { click: onClose } },
      icon('close'),
      'Back to now',
    );
    this.detail = el('p', 'map-detail');
    this.legend = el('ul', 'legend');
    this.empty = el('div', { class: 'map-empty', attrs: { hidden: true } });
    this.frame = el(
      'div',
      { class: 'map-frame', attrs: { 'data-loading': true } },
      this.view.canvas,
      this.empty,
      el('div', 'badges', this.badge, this.switch.node, this.close),
      this.words,
      this.#tools(),
    );
    this.node = el('figure', 'map-panel', this.frame, el('figcaption', 'map-caption', this.detail, this.legend));
  }

  dispose() {
    this.view.dispose();
  }

  /** @param {Caption} caption */
  caption({ label, detail, tone }) {
    say(this.label, label);
    say(this.detail, detail);
    this.badge.dataset.tone = tone;
    this.badge.hidden = label === '';
    this.view.describe(`Map. ${[label, detail].filter(Boolean).join('. ')}.`);
  }

  /** @param {string} text what was touched on the map; nothing to take it away */
  note(text) {
    say(this.words, text);
  }

  /** @param {import('./raster.js').Raster|null} raster */
  show(raster) {
    this.frame.removeAttribute('data-loading');
    this.view.setRaster(raster);
    if (raster) this.empty.hidden = true;
    const kind = raster?.kind ?? '';
    if (this.legend.dataset.kind === kind) return;
    this.legend.dataset.kind = kind;
    fill(
      this.legend,
      ...(raster ? LEGENDS[raster.kind] : []).map(([name, text]) => el('li', { text, attrs: { 'data-swatch': name } })),
    );
  }

  /**
   * Says in the map's place why there is none.
   *
   * @param {string} title
   * @param {string} text
   */
  showEmpty(title, text) {
    this.show(null);
    this.empty.hidden = false;
    fill(this.empty, brand(''), el('p', { class: 'map-empty-title', text: title }), el('p', { text }));
  }

  #tools() {
    return el(
      'div',
      { class: 'map-tools', attrs: { role: 'group', 'aria-label': 'Move the map' } },
      tool('plus', 'Zoom in', () => this.view.zoomBy(1.5)),
      tool('minus', 'Zoom out', () => this.view.zoomBy(1 / 1.5)),
      tool('fit', 'Show the whole map', () => this.view.fit()),
    );
  }
}

/**
 * @param {import('./icons.js').IconName} name
 * @param {string} label
 * @param {() => void} act
 */
function tool(name, label, act) {
  return el(
    'button',
    { class: 'icon-button', attrs: { type: 'button', 'aria-label': label, title: label }, on: { click: act } },
    icon(name),
  );
}
