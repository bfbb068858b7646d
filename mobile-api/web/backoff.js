/**
 * How long to wait before trying again.
 */

const FIRST_MS = 1_000;
const LONGEST_MS = 30_000;

/**
 * @param {number} failures how often it has failed in a row before
 * @returns {number} milliseconds, doubling up to half a minute, with a jitter of a quarter
 */
export function backoff(failures) {
  const full = Math.min(FIRST_MS * 2 ** failures, LONGEST_MS);
  return full * (0.75 + Math.random() * 0.25);
}
