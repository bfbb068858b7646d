/**
 * What the fleet page asks the API for: filters kept in the address bar, pages by cursor, and a search by id.
 */

import { get } from './api.js';

/** @typedef {import('./types.js').FleetRobot} FleetRobot */
/** @typedef {import('./types.js').Page<FleetRobot>} FleetPage */

/** Robots on one page of the table. */
export const PAGE_SIZE = 25;
/** Robots asked for at a time while searching, the API's largest page. */
const SEARCH_PAGE = 100;
/** How many robots a search looks at before it asks whether to go on. */
export const SEARCH_REACH = 2_000;

/** @typedef {{state: string, connected: string, firmware: string, search: string}} Filters */

/** @returns {Filters} as the address bar has them */
export function readFilters() {
  const query = new URLSearchParams(location.search);
  const value = (/** @type {string} */ name) => query.get(name) ?? '';
  return { state: value('state'), connected: value('connected'), firmware: value('firmware'), search: value('search') };
}

/** @param {Filters} filters */
export function writeFilters(filters) {
  const query = new URLSearchParams(Object.entries(filters).filter(([, value]) => value));
  history.replaceState(null, '', query.size > 0 ? `?${query}` : location.pathname);
}

/**
 * @param {Filters} filters
 * @param {string|null} cursor
 * @returns {Promise<FleetPage>}
 */
export function loadPage(filters, cursor) {
  return ask(filters, cursor, PAGE_SIZE);
}

/**
 * Walks the fleet for ids that contain the searched text.
 *
 * @param {Filters} filters
 * @param {string|null} cursor where an earlier search stopped
 * @returns {Promise<FleetPage & {seen: number}>} `next` is set when the search stopped before the end
 */
export async function search(filters, cursor) {
  const wanted = filters.search.toLowerCase();
  const items = [];
  let next = cursor;
  let seen = 0;
  do {
    const page = await ask(filters, next, SEARCH_PAGE);
    items.push(...page.items.filter(({ id }) => id.toLowerCase().includes(wanted)));
    seen += page.items.length;
    next = page.next;
  } while (next && items.length < PAGE_SIZE && seen < SEARCH_REACH);
  return { items, next, seen };
}

/**
 * @param {Filters} filters
 * @param {string|null} cursor
 * @param {number} limit
 * @returns {Promise<FleetPage>}
 */
function ask({ state, connected, firmware }, cursor, limit) {
  const asked = { state, connected, firmware, cursor: cursor ?? '', limit: String(limit) };
  return get(`/v1/fleet/robots?${new URLSearchParams(Object.entries(asked).filter(([, value]) => value))}`);
}
