/**
 * The access token of this tab. It lives in sessionStorage: closing the tab signs out, and no other tab sees it.
 */

const KEY = 'sweepline.session';

/** Fires `change` when somebody signs in or out; `detail` says why. */
export const sessionEvents = new EventTarget();

/** @typedef {{token: string, expiresAt: number}} Session */

/** @returns {Session|null} the session, unless it has run out */
export function currentSession() {
  const text = sessionStorage.getItem(KEY);
  if (!text) return null;
  try {
    const session = /** @type {Session} */ (JSON.parse(text));
    return session.expiresAt > Date.now() ? session : null;
  } catch {
    return null;
  }
}

/**
 * @param {{access_token: string, expires_in?: number}} answer of a token endpoint
 */
export function beginSession(answer) {
  const expiresAt = Date.now() + (answer.expires_in ?? 3600) * 1000;
  sessionStorage.setItem(KEY, JSON.stringify({ token: answer.access_token, expiresAt }));
  announce('signed-in');
}

/** Forgets a session that has run out, without a word. */
export function forgetSession() {
  sessionStorage.removeItem(KEY);
}

/**
 * Ends the session if there is one, even one that has run out.
 *
 * @param {'signed-out'|'expired'} reason
 */
export function endSession(reason) {
  if (!sessionStorage.getItem(KEY)) return;
  forgetSession();
  announce(reason);
}

/** @param {string} reason */
function announce(reason) {
  sessionEvents.dispatchEvent(new CustomEvent('change', { detail: reason }));
}
