/**
 * Asks again and again while the tab is visible, more slowly while nothing answers.
 */

import { Unreachable } from './api.js';
import { backoff } from './backoff.js';

/**
 * @template T
 */
export class Poll {
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  #failures = 0;
  #running = false;
  #asked = 0;
  /** When the last good answer came. @type {number|null} */
  freshAt = null;

  /**
   * @param {object} options
   * @param {() => Promise<T>} options.load
   * @param {() => number} options.every milliseconds between an answer and the next question
   * @param {(data: T) => void} options.onData
   * @param {(error: unknown) => void} options.onError
   */
  constructor({ load, every, onData, onError }) {
    this.load = load;
    this.every = every;
    this.onData = onData;
    this.onError = onError;
    this.wake = () => (document.visibilityState === 'visible' ? this.now() : clearTimeout(this.#timer));
  }

  start() {
    this.#running = true;
    document.addEventListener('visibilitychange', this.wake);
    addEventListener('online', this.wake);
    return this.now();
  }

  stop() {
    this.#running = false;
    clearTimeout(this.#timer);
    document.removeEventListener('visibilitychange', this.wake);
    removeEventListener('online', this.wake);
  }

  /** Asks at once; an answer to an earlier question is then ignored. */
  async now() {
    clearTimeout(this.#timer);
    const asked = (this.#asked += 1);
    const outcome = await this.load().then(
      (data) => () => this.#succeed(data),
      (error) => () => this.#fail(error),
    );
    if (!this.#running || asked !== this.#asked) return;
    outcome();
    if (document.visibilityState === 'visible') this.#timer = setTimeout(() => this.now(), this.#wait());
  }

  /** @param {T} data */
  #succeed(data) {
    this.#failures = 0;
    this.freshAt = Date.now();
    this.onData(data);
  }

  /** @param {unknown} error */
  #fail(error) {
    this.#failures += 1;
    this.onError(error);
  }

  #wait() {
    return this.#failures > 0 ? Math.max(backoff(this.#failures), 2_000) : this.every();
  }
}

/** @param {unknown} error @returns {boolean} whether it may pass by itself */
export function isOutage(error) {
  return error instanceof Unreachable || (error instanceof Error && 'status' in error && Number(error.status) >= 500);
}
