/**
 * Answers that stay in this tab, like its session: what the server says is unchanged is not asked for again. Closing
 * the tab or signing out forgets them.
 */

import { sessionEvents } from './session.js';

const PREFIX = 'sweepline.kept ';

sessionEvents.addEventListener('change', (event) => {
  if (['signed-out', 'deleted'].includes(/** @type {CustomEvent} */ (event).detail)) forget();
});

/**
 * @param {string} target
 * @param {string} tag of the present answer
 * @returns {any} the answer, or null unless it is the present one
 */
export function kept(target, tag) {
  try {
    const known = JSON.parse(sessionStorage.getItem(PREFIX + target) ?? 'null');
    return known?.tag === tag ? known.answer : null;
  } catch {
    return null;
  }
}

/**
 * Keeps the answer in place of an earlier one.
 *
 * @param {string} target
 * @param {string} tag
 * @param {unknown} answer
 */
export function keep(target, tag, answer) {
  try {
    sessionStorage.setItem(PREFIX + target, JSON.stringify({ tag, answer }));
  } catch {
    // There is no room: what is kept is only ever a copy.
    forget();
  }
}

function forget() {
  const names = Object.keys(sessionStorage).filter((name) => name.startsWith(PREFIX));
  names.forEach((name) => sessionStorage.removeItem(name));
}
