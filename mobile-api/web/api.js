/**
 * The HTTP API: one function that sends a request.
 */

import { Problem, Unreachable } from './problem.js';
import { freshToken } from './refresh.js';
import { endSession } from './session.js';

export { Problem, Unreachable };

/** How long to wait for an answer, in milliseconds; a command alone may take 5 s to be confirmed. */
const ANSWER_WITHIN_MS = 15_000;

/**
 * @typedef {object} RequestOptions
 * @property {string} [method] GET unless given
 * @property {unknown} [body] sent as JSON
 * @property {Record<string, string>} [headers]
 * @property {AbortSignal} [signal]
 * @property {boolean} [keepalive] let the request outlive the page
 */

/**
 * Sends a request with the session's token.
 *
 * @param {string} path
 * @param {RequestOptions} [options]
 * @returns {Promise<{status: number, data: any, etag: string|null}>}
 * @throws {Problem|Unreachable}
 */
export async function request(path, options = {}) {
  const response = await send(path, options, await freshToken());
  const data = await readJson(response);
  if (response.ok || response.status === 304) {
    return { status: response.status, data, etag: response.headers.get('ETag') };
  }
  if (response.status === 401) endSession('expired');
  const seconds = Number(response.headers.get('Retry-After'));
  throw new Problem(response.status, data ?? {}, seconds > 0 ? seconds : null);
}

/**
 * @param {string} path
 * @param {AbortSignal} [signal]
 * @returns {Promise<any>} the body
 */
export async function get(path, signal) {
  return (await request(path, { signal })).data;
}

/**
 * @param {string} path
 * @param {unknown} [body]
 * @param {Record<string, string>} [headers]
 * @returns {Promise<any>} the body
 */
export async function post(path, body, headers) {
  return (await request(path, { method: 'POST', body, headers })).data;
}

/**
 * A path with its parts escaped: path`/v1/robots/${id}`.
 *
 * @param {TemplateStringsArray} parts
 * @param {...string} values
 */
export function path(parts, ...values) {
  return parts.reduce((made, part, index) => made + encodeURIComponent(values[index - 1] ?? '') + part);
}

/** @param {unknown} error @returns {string} what to tell a person */
export function explain(error) {
  if (error instanceof Problem || error instanceof Unreachable) return error.message;
  return 'Something went wrong on this page. Reload it to go on.';
}

/**
 * @param {string} target
 * @param {RequestOptions} options
 * @param {string} [token]
 */
async function send(target, { method = 'GET', body, headers = {}, signal, keepalive }, token) {
  /** @type {Record<string, string>} */
  const sent = { Accept: 'application/json', ...headers };
  if (token) sent.Authorization = `Bearer ${token}`;
  if (body !== undefined) sent['Content-Type'] = 'application/json';
  const timeout = AbortSignal.timeout(ANSWER_WITHIN_MS);
  try {
    return await fetch(target, {
      method,
      headers: sent,
      body: body === undefined ? undefined : JSON.stringify(body),
      signal: signal ? AbortSignal.any([signal, timeout]) : timeout,
      keepalive,
      cache: 'no-store',
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new Unreachable(error);
  }
}

/** @param {Response} response */
async function readJson(response) {
  const type = response.headers.get('Content-Type') ?? '';
  if (!/[/+]json/.test(type)) return null;
  return response.json().catch(() => null);
}
