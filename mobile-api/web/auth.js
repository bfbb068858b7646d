/**
 * Signing in: with e-mail and password at the local issuer, or at an OpenID provider with PKCE (RFC 7636).
 */

import { get, post, Problem, Unreachable } from './api.js';
import { base64Url, randomText } from './random.js';
import { beginSession } from './session.js';

/** @typedef {import('./types.js').AuthConfig} AuthConfig */
/** @typedef {import('./types.js').OidcAuth} OidcAuth */

const PENDING_KEY = 'sweepline.oidc';

/** @returns {Promise<AuthConfig>} */
export function authConfig() {
  return get('/v1/auth/config');
}

/**
 * @param {import('./types.js').LocalAuth} config
 * @param {string} email
 * @param {string} password
 */
export async function signInLocally(config, email, password) {
  beginSession(await post('/v1/auth/token', { email, password }), config);
}

/**
 * Leaves for the provider's page; the answer comes back to this page.
 *
 * @param {OidcAuth} config
 */
export async function leaveForProvider(config) {
  const pending = { state: randomText(), verifier: randomText(), redirect: location.origin + location.pathname };
  sessionStorage.setItem(PENDING_KEY, JSON.stringify(pending));
  const target = new URL(config.authorization_endpoint);
  const query = {
    response_type: 'code',
    client_id: config.client_id,
    redirect_uri: pending.redirect,
    scope: [config.scopes].flat().join(' '),
    state: pending.state,
    code_challenge: await challengeOf(pending.verifier),
    code_challenge_method: 'S256',
  };
  Object.entries(query).forEach(([name, value]) => target.searchParams.set(name, value));
  location.assign(target);
}

/** @returns {boolean} whether the provider has just sent the person back */
export function isProviderAnswer() {
  const query = new URLSearchParams(location.search);
  return query.has('state') && (query.has('code') || query.has('error'));
}

/**
 * Trades the provider's code for a token and takes the code out of the address bar.
 *
 * @param {OidcAuth} config
 */
export async function finishAtProvider(config) {
  const query = new URLSearchParams(location.search);
  const pending = JSON.parse(sessionStorage.getItem(PENDING_KEY) ?? '{}');
  sessionStorage.removeItem(PENDING_KEY);
  history.replaceState(null, '', location.pathname + location.hash);
  const failed = query.get('error_description') ?? query.get('error');
  if (failed) throw new Problem(400, { detail: failed }, null);
  if (!pending.state || query.get('state') !== pending.state) {
    throw new Problem(400, { detail: 'The sign-in was not begun in this tab. Please sign in again.' }, null);
  }
  beginSession(await exchange(config, query.get('code') ?? '', pending), config);
}

/**
 * @param {OidcAuth} config
 * @param {string} code
 * @param {{verifier: string, redirect: string}} pending
 */
async function exchange(config, code, pending) {
  const body = new URLSearchParams({
    grant_type: 'authorization_code',
    client_id: config.client_id,
    code,
    redirect_uri: pending.redirect,
    code_verifier: pending.verifier,
  });
  const response = await fetch(config.token_endpoint, { method: 'POST', body }).catch((error) => {
    throw new Unreachable(error);
  });
  if (!response.ok) throw new Problem(response.status, { detail: 'The provider did not confirm the sign-in.' }, null);
  return response.json();
}

/** @param {string} verifier */
async function challengeOf(verifier) {
  const digest = await crypto.subtle.digest('SHA-256', new TextEncoder().encode(verifier));
  return base64Url(new Uint8Array(digest));
}
