/**
 * The fleet in numbers: how many robots, how many connected, and how many in each state. A count is also a filter.
 */

import { el, say, setAttributes } from './dom.js';
import { STATES } from './words.js';

export class FleetSummary {
  /** @type {Map<string, {button: HTMLButtonElement, figure: Element}>} */
  #counts = new Map();

  /** @param {(state: string) => void} onChoose a state, or an empty text for all */
  constructor(onChoose) {
    this.total = el('span', { class: 'figure', text: '–' });
    this.connected = el('span', { class: 'figure', text: '–' });
    const states = Object.keys(STATES).filter((state) => state !== 'unknown');
    this.states = el(
      'div',
      { class: 'counts', attrs: { role: 'group', 'aria-label': 'Robots by state' } },
      ...states.map((state) => this.#count(state, onChoose)),
    );
    this.node = el(
      'section',
      { class: 'summary', attrs: { 'aria-label': 'Summary' } },
      el('div', 'totals', el('p', 'total', this.total, 'robots'), el('p', 'total', this.connected, 'connected')),
      this.states,
    );
  }

  /**
   * @param {import('./types.js').FleetSummary} summary
   * @param {string} chosen
   */
  update(summary, chosen) {
    say(this.total, summary.total.toLocaleString('en-GB'));
    say(this.connected, summary.connected.toLocaleString('en-GB'));
    for (const [state, { button, figure }] of this.#counts) {
      const count = summary.by_state[state] ?? 0;
      say(figure, count.toLocaleString('en-GB'));
      setAttributes(button, { 'data-zero': count === 0, 'aria-pressed': String(state === chosen) });
    }
  }

  /** @param {string} state @param {(state: string) => void} onChoose */
  #count(state, onChoose) {
    const figure = el('span', { class: 'count-figure', text: '–' });
    const choose = () => onChoose(button.getAttribute('aria-pressed') === 'true' ? '' : state);
    const words = STATES[state];
    const button = el(
      'button',
      {
        class: 'count',
        attrs: { type: 'button', 'data-tone': words?.tone, 'data-zero': true, 'aria-pressed': 'false' },
        on: { click: choose },
      },
      el('span', { class: 'dot', attrs: { 'aria-hidden': 'true' } }),
      figure,
      el('span', { class: 'count-name', text: words?.name ?? state }),
    );
    this.#counts.set(state, { button, figure });
    return button;
  }
}
