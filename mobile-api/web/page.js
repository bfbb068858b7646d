/**
 * What both pages share: they show the sign-in until somebody is signed in, and again when the session ends.
 */

import { brand } from './brand.js';
import { el, fill } from './dom.js';
import { followCopies } from './refresh.js';
import { currentSession, forgetSession, sessionEvents } from './session.js';
import { SignInView } from './signin-view.js';

/** @typedef {{node: Element, dispose?: () => void}} View */

const REASONS = /** @type {Record<string, string>} */ ({
  expired: 'Your session has ended. Please sign in again.',
  deleted: 'Your account is deleted.',
});

/**
 * @param {Element} root
 * @param {{purpose: string, open: () => View}} page
 */
export function runPage(root, { purpose, open }) {
  /** @type {View|null} */
  let shown = null;
  const show = (/** @type {View} */ view) => {
    shown?.dispose?.();
    shown = view;
    fill(root, view.node);
  };
  const choose = (/** @type {string} */ reason) => {
    if (currentSession()) return show(open());
    forgetSession();
    return show(new SignInView(purpose, REASONS[reason] ?? ''));
  };
  sessionEvents.addEventListener('change', (event) => choose(/** @type {CustomEvent} */ (event).detail));
  followCopies();
  choose('');
}

/**
 * A page for somebody who is signed in but may not see it, or for nothing to show.
 *
 * @param {string} title
 * @param {string} text
 * @param {Node[]} actions
 */
export function emptyState(title, text, ...actions) {
  return el('div', 'empty', brand('empty-mark'), el('h2', { text: title }), el('p', { text }), ...actions);
}
