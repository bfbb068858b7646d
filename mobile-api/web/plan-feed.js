/**
 * The cleaning plan for what is chosen, asked for a moment after the last choice.
 */

import { get, path, Problem } from './api.js';
import { keep, kept } from './kept.js';

/** @typedef {import('./types.js').Plan} Plan */

/** Choices that follow each other faster than this are one, in milliseconds. */
const PAUSE_MS = 250;

export class PlanFeed {
  /** The newest plan, perhaps still of the choice before. @type {Plan|null} */
  plan = null;
  /** @type {unknown} */
  error = null;
  /** Whether the plan of the present choice is on its way. */
  waits = false;
  #wanted = '';
  /** @type {AbortController|null} */
  #question = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  /**
   * @param {string} home
   * @param {string} limits changes with the settings of any robot of the home
   * @param {() => void} onChange
   */
  constructor(home, limits, onChange) {
    this.home = home;
    this.limits = limits;
    this.onChange = onChange;
  }

  /**
   * @param {string} floor
   * @param {string[]|null} rooms null for all
   * @param {string} basis what else the plan depends on; the same question is asked again when it changes
   */
  want(floor, rooms, basis) {
    const query = new URLSearchParams({ floor, ...(rooms && { rooms: rooms.join() }) });
    const wanted = `${query} ${basis}`;
    if (wanted === this.#wanted) return;
    this.forget();
    this.#wanted = wanted;
    const target = `${path`/v1/homes/${this.home}/plan`}?${query}`;
    const tag = `${basis} ${this.limits}`;
    const known = kept(target, tag);
    this.waits = known === null;
    if (known) [this.plan, this.error] = [known, null];
    else this.#timer = setTimeout(() => this.#ask(target, tag), PAUSE_MS);
  }

  /** Drops the plan and asks for none. */
  drop() {
    this.forget();
    [this.plan, this.error, this.waits] = [null, null, false];
  }

  /** Asks again, whatever is known. */
  forget() {
    clearTimeout(this.#timer);
    this.#question?.abort();
    this.#wanted = '';
  }

  /** @param {string} target @param {string} tag */
  async #ask(target, tag) {
    const question = new AbortController();
    this.#question = question;
    try {
      const plan = await get(target, question.signal);
      if (question.signal.aborted) return;
      [this.plan, this.error] = [plan, null];
      keep(target, tag, plan);
    } catch (error) {
      if (question.signal.aborted) return;
      [this.plan, this.error] = [null, error];
      if (!(error instanceof Problem)) this.#wanted = '';
    }
    this.waits = false;
    this.onChange();
  }
}
