/**
 * The bar on top of the owner's page: which home, how fresh the page is, and the way out.
 */

import { brand } from './brand.js';
import { el, fill } from './dom.js';
import { icon } from './icons.js';
import { signOut } from './refresh.js';

/** @typedef {import('./types.js').Home} Home */

/**
 * @param {Element} freshness
 * @param {(home: Home) => void} onHome the person chose another home
 */
export function topBar(freshness, onHome) {
  const place = el('div', 'home-name', el('span', { class: 'skeleton skeleton-text' }));
  const out = el(
    'button',
    {
      class: 'icon-button',
      attrs: { 'aria-label': 'Sign out', title: 'Sign out' },
      on: { click: signOut },
    },
    icon('out'),
  );
  const words = el('div', 'bar-words', place, freshness);
  const node = el('header', 'top-bar', brand('bar-mark'), words, out);
  return {
    node,
    words,
    /** @param {Home[]} homes @param {Home|null} chosen */
    setHomes(homes, chosen) {
      fill(
        place,
        homes.length > 1 ? homeSwitch(homes, chosen, onHome) : el('span', { text: chosen?.name ?? 'Sweepline' }),
      );
    },
  };
}

/**
 * @param {Home[]} homes
 * @param {Home|null} chosen
 * @param {(home: Home) => void} onHome
 */
function homeSwitch(homes, chosen, onHome) {
  const options = homes.map(({ id, name }) =>
    el('option', { text: name, attrs: { value: id, selected: id === chosen?.id } }),
  );
  const select = el('select', { class: 'home-select', attrs: { 'aria-label': 'Home' } }, ...options);
  select.addEventListener('change', () => {
    const home = homes.find(({ id }) => id === select.value);
    if (home) onHome(home);
  });
  return select;
}
