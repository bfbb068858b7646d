/**
 * Staying signed in: the session's refresh token is used shortly before its access token runs out (RFC 6749
 * section 6), and is revoked on signing out (RFC 7009).
 *
 * A refresh token is good once. Tabs that are copies of each other have the same, so one at a time renews, and tells
 * the others.
 */

import { Problem, Unreachable } from './problem.js';
import { currentSession, endSession, keepSession, prolong } from './session.js';

/** @typedef {import('./session.js').Session} Session */

const NAME = 'sweepline.session';
/** How long another tab may take to tell, in milliseconds. */
const TOLD_WITHIN_MS = 100;
const ANSWER_WITHIN_MS = 15_000;

/** @type {Promise<string|undefined>|null} */
let renewal = null;
/** @type {BroadcastChannel|null} */
let others = null;

/** Takes over what tabs that are copies of this have renewed, and tells those that ask. */
export function followCopies() {
  const channel = new BroadcastChannel(NAME);
  channel.addEventListener('message', ({ data }) => {
    const session = currentSession();
    if (!session || session.family !== data.family) return;
    if (data.asks && session.renewAt > data.renewAt) channel.postMessage(session);
    if (!data.asks && data.renewAt > session.renewAt) keepSession(data);
  });
  others = channel;
}

/**
 * @returns {Promise<string|undefined>} an access token that has not run out, of whoever is signed in
 * @throws {Problem|Unreachable}
 */
export async function freshToken() {
  const session = currentSession();
  if (!session || !isDue(session)) return session?.token;
  renewal ??= oneAtATime(renew).finally(() => {
    renewal = null;
  });
  try {
    return await renewal;
  } catch (error) {
    if (session.expiresAt > Date.now()) return session.token;
    throw error;
  }
}

/** Ends the session here and where it was begun. */
export function signOut() {
  const session = currentSession();
  endSession('signed-out');
  const { revocation_endpoint: target, client_id } = session?.endpoints ?? {};
  if (!session?.refresh || !target) return;
  // Here it is over whatever the answer is.
  fetch(target, { method: 'POST', body: form({ token: session.refresh, client_id }), keepalive: true }).catch(() => {});
}

/** @param {Session} session */
function isDue(session) {
  return session.refresh !== null && session.endpoints !== null && Date.now() >= session.renewAt;
}

async function renew() {
  await askCopies();
  const session = currentSession();
  if (!session || !isDue(session)) return session?.token;
  const renewed = prolong(session, await trade(session));
  others?.postMessage(renewed);
  return renewed.token;
}

/** A copy of this tab may have renewed the session before this one listened. */
async function askCopies() {
  const { family, renewAt } = currentSession() ?? {};
  others?.postMessage({ asks: true, family, renewAt });
  await new Promise((done) => setTimeout(done, TOLD_WITHIN_MS));
}

/** @param {Session} session */
async function trade({ refresh, endpoints }) {
  const body = form({ grant_type: 'refresh_token', refresh_token: refresh, client_id: endpoints?.client_id });
  const signal = AbortSignal.timeout(ANSWER_WITHIN_MS);
  const response = await fetch(endpoints?.token_endpoint ?? '', { method: 'POST', body, signal }).catch((error) => {
    throw new Unreachable(error);
  });
  if (response.ok) return response.json();
  if (response.status === 400 || response.status === 401) endSession('expired');
  throw new Problem(response.status, { detail: 'The session could not be prolonged.' }, null);
}

/** @param {Record<string, string|null|undefined>} fields */
function form(fields) {
  const given = Object.entries(fields).filter(([, value]) => typeof value === 'string');
  return new URLSearchParams(/** @type {[string, string][]} */ (given));
}

/**
 * Browsers keep locks from pages that a phone opens over plain HTTP; there copies of a tab are not reckoned with.
 *
 * @param {() => Promise<string|undefined>} work
 */
function oneAtATime(work) {
  return navigator.locks ? navigator.locks.request(NAME, work) : work();
}
