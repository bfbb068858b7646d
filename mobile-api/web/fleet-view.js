/**
 * The signed-in operator's page: counts by state, filters, and a table of robots that keeps itself up to date.
 */

import { get, Problem } from './api.js';
import { brand } from './brand.js';
import { el, fill, say, setAttributes } from './dom.js';
import { FleetFilters } from './fleet-filters.js';
import { loadPage, readFilters, search, writeFilters } from './fleet-query.js';
import { FleetSummary } from './fleet-summary.js';
import { FleetTable } from './fleet-table.js';
import { Freshness } from './freshness.js';
import { icon } from './icons.js';
import { emptyState } from './page.js';
import { isOutage, Poll } from './poll.js';
import { signOut } from './refresh.js';

/** @typedef {import('./types.js').FleetRobot} FleetRobot */
/** @typedef {{summary: import('./types.js').FleetSummary, page: import('./types.js').Page<FleetRobot> & {seen?: number}}} Answer */

const REFRESH_MS = 10_000;
/** A page that does not refresh itself still looks whether it should, this often, in milliseconds. */
const PAUSED_MS = 2 ** 30;

export class FleetView {
  #filters = readFilters();
  /** @type {(string|null)[]} the cursors of the pages up to the one that is shown */
  #cursors = [null];
  /** @type {string|null} */
  #next = null;

  constructor() {
    this.freshness = new Freshness();
    this.auto = el('input', { attrs: { type: 'checkbox', checked: true }, on: { change: () => this.poll.now() } });
    this.summary = new FleetSummary((state) => this.#filter({ state }));
    this.filters = new FleetFilters(this.#filters, (change) => this.#filter(change));
    this.table = new FleetTable();
    this.previous = pageButton('Previous', () => this.#turn(-1));
    this.following = pageButton('Next', () => this.#turn(1));
    this.position = el('p', { class: 'muted position', attrs: { role: 'status' } });
    this.content = el(
      'main',
      'fleet-main',
      this.summary.node,
      this.filters.node,
      this.table.node,
      el('nav', { class: 'pager', attrs: { 'aria-label': 'Pages' } }, this.previous, this.position, this.following),
    );
    this.node = el('div', 'fleet', this.#bar(), this.content);
    this.poll = new Poll({
      load: () => this.#load(),
      every: () => (this.auto.checked ? REFRESH_MS : PAUSED_MS),
      onData: (answer) => this.#show(answer),
      onError: (error) => this.#fail(error),
    });
    this.poll.start();
  }

  dispose() {
    this.poll.stop();
    this.freshness.dispose();
  }

  #bar() {
    const leave = { click: signOut };
    return el(
      'header',
      'fleet-bar',
      brand('bar-mark'),
      el('div', 'bar-words', el('h1', { text: 'Fleet' }), this.freshness.node),
      el('label', 'auto', this.auto, el('span', { text: 'Auto refresh' })),
      el(
        'button',
        { class: 'icon-button', attrs: { 'aria-label': 'Sign out', title: 'Sign out' }, on: leave },
        icon('out'),
      ),
    );
  }

  /** @returns {Promise<Answer>} */
  async #load() {
    const cursor = this.#cursors.at(-1) ?? null;
    const load = this.#filters.search ? search : loadPage;
    const [summary, page] = await Promise.all([get('/v1/fleet/summary'), load(this.#filters, cursor)]);
    return { summary, page };
  }

  /** @param {Answer} answer */
  #show({ summary, page }) {
    this.freshness.succeed();
    this.#next = page.next;
    this.summary.update(summary, this.#filters.state);
    this.filters.setFirmware(Object.keys(summary.by_firmware));
    this.table.update(page.items, this.#emptyWords(summary.total));
    say(this.position, this.#positionWords(page));
    setAttributes(this.previous, { disabled: this.#cursors.length === 1 });
    setAttributes(this.following, { disabled: page.next === null });
    say(this.following, this.#filters.search ? 'Search on' : 'Next');
  }

  /** @param {number} total */
  #emptyWords(total) {
    return total === 0 ? 'No robot has been claimed yet.' : 'No robot matches these filters.';
  }

  /** @param {Answer['page']} page */
  #positionWords({ items, next, seen }) {
    if (seen !== undefined) return `${items.length} found among ${seen} robots${next ? ' so far' : ''}`;
    return `Page ${this.#cursors.length} · ${items.length} robots`;
  }

  /** @param {unknown} error */
  #fail(error) {
    if (error instanceof Problem && error.status === 403) return this.#forbid();
    if (error instanceof Problem && error.status === 400 && this.#cursors.length > 1) return this.#filter({});
    this.freshness.fail(isOutage(error) ? 'No connection' : 'Could not update');
    this.table.fail('The fleet cannot be shown now. This page tries again by itself.');
  }

  #forbid() {
    this.poll.stop();
    const leave = { click: signOut };
    const other = el('button', { class: 'button button-primary', text: 'Use another account', on: leave });
    fill(this.content, emptyState('For operators only', 'This account may not see the fleet.', other));
    this.freshness.node.hidden = true;
  }

  /** @param {Partial<import('./fleet-query.js').Filters>} change */
  #filter(change) {
    this.#filters = { ...this.#filters, ...change };
    this.#cursors = [null];
    writeFilters(this.#filters);
    this.filters.show(this.#filters);
    this.table.wait();
    this.poll.now();
  }

  /** @param {1|-1} way */
  #turn(way) {
    if (way === 1 && this.#next) this.#cursors.push(this.#next);
    else if (this.#cursors.length > 1) this.#cursors.pop();
    this.table.wait();
    this.poll.now();
  }
}

/** @param {string} text @param {() => void} act */
function pageButton(text, act) {
  return el('button', { class: 'button', text, attrs: { type: 'button', disabled: true }, on: { click: act } });
}
