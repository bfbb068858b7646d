/**
 * One line that says how old the page's knowledge is. Its place is always there, so nothing jumps when it changes.
 */

import { el, say } from './dom.js';
import { exactClock } from './words.js';

export class Freshness {
  /** @type {number|null} */
  #at = null;

  constructor() {
    this.text = el('span', { text: 'Loading…' });
    this.node = el(
      'p',
      { class: 'freshness', attrs: { 'data-tone': 'wait' } },
      el('span', { class: 'dot', attrs: { 'aria-hidden': 'true' } }),
      this.text,
    );
    this.alert = el('span', { class: 'visually-hidden', attrs: { role: 'status' } });
    this.node.append(this.alert);
    this.onOffline = () => this.fail('This device is offline');
    addEventListener('offline', this.onOffline);
  }

  dispose() {
    removeEventListener('offline', this.onOffline);
  }

  succeed() {
    this.#at = Date.now();
    this.node.dataset.tone = 'calm';
    say(this.text, `As of ${exactClock(this.#at)}`);
    say(this.alert, '');
  }

  /** @param {string} what */
  fail(what) {
    this.node.dataset.tone = 'alarm';
    say(this.text, this.#at === null ? `${what} · trying again` : `${what} · as of ${exactClock(this.#at)}`);
    say(this.alert, `${what}. Trying again.`);
  }
}
