/**
 * The tokens of this tab. They live in sessionStorage: closing the tab signs out, and no other tab sees them, but for
 * one that the browser made as a copy of this.
 */

import { randomText } from './random.js';

const KEY = 'sweepline.session';
/** The part of an access token's life after which it is renewed. */
const RENEWED_AFTER = 0.9;

/** Fires `change` when somebody signs in or out; `detail` says why. */
export const sessionEvents = new EventTarget();

/**
 * @typedef {object} Endpoints where tokens are traded
 * @property {string} token_endpoint
 * @property {string|null} [revocation_endpoint]
 * @property {string} [client_id]
 *
 * @typedef {object} Session
 * @property {string} family the same in all copies of a tab
 * @property {string} token
 * @property {number} renewAt
 * @property {number} expiresAt
 * @property {string|null} refresh
 * @property {Endpoints|null} endpoints
 *
 * @typedef {{access_token: string, expires_in?: number, refresh_token?: string}} TokenAnswer
 */

/** @returns {Session|null} the session, unless it has run out and cannot be renewed */
export function currentSession() {
  const text = sessionStorage.getItem(KEY);
  if (!text) return null;
  try {
    const session = /** @type {Session} */ (JSON.parse(text));
    return session.expiresAt > Date.now() || session.refresh ? session : null;
  } catch {
    return null;
  }
}

/**
 * @param {TokenAnswer} answer of a token endpoint
 * @param {Endpoints} [endpoints]
 */
export function beginSession(answer, endpoints) {
  keepSession({ ...tokensOf(answer), family: randomText(), endpoints: endpoints ?? null });
  announce('signed-in');
}

/**
 * Puts new tokens into a session, without a word.
 *
 * @param {Session} session
 * @param {TokenAnswer} answer
 * @returns {Session}
 */
export function prolong(session, answer) {
  const tokens = tokensOf(answer);
  // A provider that does not rotate refresh tokens sends none.
  const prolonged = { ...session, ...tokens, refresh: tokens.refresh ?? session.refresh };
  keepSession(prolonged);
  return prolonged;
}

/** @param {Session} session */
export function keepSession(session) {
  sessionStorage.setItem(KEY, JSON.stringify(session));
}

/** Forgets a session that has run out, without a word. */
export function forgetSession() {
  sessionStorage.removeItem(KEY);
}

/**
 * Ends the session if there is one, even one that has run out.
 *
 * @param {'signed-out'|'expired'|'deleted'} reason
 */
export function endSession(reason) {
  if (!sessionStorage.getItem(KEY)) return;
  forgetSession();
  announce(reason);
}

/** @param {TokenAnswer} answer */
function tokensOf({ access_token: token, expires_in: seconds = 3600, refresh_token }) {
  const life = seconds * 1000;
  const refresh = refresh_token ?? null;
  return { token, refresh, renewAt: Date.now() + life * RENEWED_AFTER, expiresAt: Date.now() + life };
}

/** @param {string} reason */
function announce(reason) {
  sessionEvents.dispatchEvent(new CustomEvent('change', { detail: reason }));
}
