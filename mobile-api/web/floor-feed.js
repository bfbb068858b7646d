/**
 * The floors of a home, and what is known of the one that is looked at.
 */

import { get, path, Problem } from './api.js';
import { loadFloor } from './floor-data.js';

/** @typedef {import('./types.js').Floor} Floor */
/** @typedef {import('./floor-data.js').FloorData} FloorData */

/** How often a floor is looked at again, in milliseconds: soon after a run, and otherwise. */
const SOON_MS = 3_000;
const LATER_MS = 60_000;

/**
 * @typedef {object} FeedHandlers
 * @property {(floors: Floor[]) => void} onFloors
 * @property {(data: FloorData) => void} onData something has changed
 * @property {() => void} onNothing nothing is known of the floor yet
 * @property {(error: unknown) => void} onError
 */

export class FloorFeed {
  /** @type {Floor[]} */
  floors = [];
  /** Tags that are known to be those of the present maps; each is relied on once. @type {Map<string, string|null>} */
  #tags;
  /** @type {FloorData|null} */
  data = null;
  #lookedAt = 0;
  #asked = 0;
  /** Whether the floors may be called otherwise by now. */
  #renamed = false;

  /**
   * @param {string} home
   * @param {import('./overview.js').OverviewFloor[]} floors as far as they are known
   * @param {FeedHandlers} handlers
   */
  constructor(home, floors, handlers) {
    this.home = home;
    this.floors = floors;
    this.#tags = new Map(floors.map(({ id, map_tag: tag }) => [id, tag]));
    this.handlers = handlers;
  }

  /**
   * Looks again unless that was done just now.
   *
   * @param {string|null} floor none while the robot has not been on any
   * @param {boolean} soon whether a change is expected
   */
  async look(floor, soon) {
    if (this.data && this.data.floor !== floor) this.forget();
    if (Date.now() - this.#lookedAt < (soon ? SOON_MS : LATER_MS)) return;
    await this.#load(floor);
  }

  /** Looks again at once; what is shown stays until the answer is there. */
  async reload() {
    this.#renamed = true;
    if (this.data) await this.#load(this.data.floor);
  }

  /** The next look is not put off. */
  hurry() {
    this.#lookedAt = 0;
  }

  /** Forgets what was shown, so that the next look tells it anew. */
  forget() {
    this.data = null;
    this.#asked += 1;
    this.hurry();
  }

  /** @param {string|null} floor */
  name(floor) {
    return this.floors.find(({ id }) => id === floor)?.name ?? null;
  }

  /** @param {string|null} floor */
  async #load(floor) {
    this.#lookedAt = Date.now();
    const asked = (this.#asked += 1);
    try {
      if (this.#renamed || !this.floors.some(({ id }) => id === floor)) await this.#loadFloors();
      const data = floor && (await this.#loadFloor(floor).catch(absent));
      if (asked !== this.#asked) return;
      if (data && data !== this.data) this.#tell(data);
      else if (!data) this.handlers.onNothing();
    } catch (error) {
      if (asked !== this.#asked) return;
      this.#lookedAt = Date.now() - LATER_MS + SOON_MS;
      this.handlers.onError(error);
    }
  }

  /** @param {string} floor */
  async #loadFloor(floor) {
    const tag = this.#tags.get(floor) ?? null;
    this.#tags.delete(floor);
    return loadFloor(this.home, floor, this.data, tag);
  }

  async #loadFloors() {
    const { items } = /** @type {import('./types.js').Page<Floor>} */ (
      await get(path`/v1/homes/${this.home}/floors` + '?limit=100')
    );
    this.floors = items;
    this.#renamed = false;
    this.handlers.onFloors(items);
  }

  /** @param {FloorData} data */
  #tell(data) {
    this.data = data;
    this.handlers.onData(data);
  }
}

/** @param {unknown} error */
function absent(error) {
  if (error instanceof Problem && error.status === 404) return null;
  throw error;
}
