/**
 * The filters over the fleet table.
 */

import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { STATES } from './words.js';

/** @typedef {import('./fleet-query.js').Filters} Filters */

/** How long typing must rest before the search begins, in milliseconds. */
const REST_MS = 350;

export class FleetFilters {
  #firmware = '';
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #rest;

  /**
   * @param {Filters} filters
   * @param {(change: Partial<Filters>) => void} onChange
   */
  constructor(filters, onChange) {
    this.onChange = onChange;
    this.state = this.#select('state', 'State');
    this.connected = this.#select('connected', 'Connection');
    this.firmware = this.#select('firmware', 'Firmware');
    this.search = el('input', {
      attrs: {
        type: 'search',
        placeholder: 'Robot id',
        'aria-label': 'Search by robot id',
        spellcheck: 'false',
        autocapitalize: 'none',
        maxlength: 40,
      },
      on: { input: () => this.#typed() },
    });
    this.clear = el('button', {
      class: 'button button-quiet',
      text: 'Clear',
      attrs: { type: 'button' },
      on: { click: () => this.#clear() },
    });
    const known = Object.entries(STATES).filter(([state]) => state !== 'unknown');
    fill(this.state, option('', 'Any state'), ...known.map(([state, { name }]) => option(state, name)));
    fill(this.connected, option('', 'Any connection'), option('true', 'Connected'), option('false', 'Not connected'));
    fill(this.firmware, option('', 'Any firmware'));
    this.node = el(
      'form',
      {
        class: 'filters',
        attrs: { role: 'search', 'aria-label': 'Filters' },
        on: { submit: (event) => event.preventDefault() },
      },
      el('div', 'search', icon('search'), this.search),
      this.state,
      this.connected,
      this.firmware,
      this.clear,
    );
    if (filters.firmware) this.firmware.append(option(filters.firmware, filters.firmware));
    this.show(filters);
  }

  /** @param {Filters} filters */
  show(filters) {
    this.state.value = filters.state;
    this.connected.value = filters.connected;
    this.firmware.value = filters.firmware;
    if (this.search.value.trim() !== filters.search) this.search.value = filters.search;
    this.clear.disabled = !Object.values(filters).some(Boolean);
  }

  /** @param {string[]} versions */
  setFirmware(versions) {
    const chosen = this.firmware.value;
    const all = [...new Set(chosen ? [...versions, chosen] : versions)].sort();
    if (all.join('\n') === this.#firmware) return;
    this.#firmware = all.join('\n');
    fill(this.firmware, option('', 'Any firmware'), ...all.map((version) => option(version, version)));
    this.firmware.value = chosen;
  }

  /** @param {'state'|'connected'|'firmware'} name @param {string} label */
  #select(name, label) {
    const change = (/** @type {Event} */ event) =>
      this.onChange({ [name]: /** @type {HTMLSelectElement} */ (event.target).value });
    return el('select', { class: 'select', attrs: { name, 'aria-label': label }, on: { change } });
  }

  #typed() {
    clearTimeout(this.#rest);
    this.#rest = setTimeout(() => this.onChange({ search: this.search.value.trim() }), REST_MS);
  }

  #clear() {
    clearTimeout(this.#rest);
    this.search.value = '';
    this.onChange({ state: '', connected: '', firmware: '', search: '' });
  }
}

/** @param {string} value @param {string} text */
function option(value, text) {
  return el('option', { text, attrs: { value } });
}
