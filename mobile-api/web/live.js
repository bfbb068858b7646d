/**
 * The live view of one robot: a lease from the API, an MQTT connection under it, renewal before it ends,
 * and a new lease with backoff whenever the connection is lost.
 */

import { path, post, Problem, request } from './api.js';
import { backoff } from './backoff.js';
import { MqttClient } from './mqtt-client.js';
import { decodeBatch } from './live-batch.js';
import { decodePack } from './tiles.js';

/** @typedef {import('./types.js').LeaseDocument} Lease */

/** A lease is not renewed sooner than this, in milliseconds, whatever this device's clock says. */
const LEAST_RENEWAL_MS = 5_000;
/** A lease is renewed when this share of it is over. */
const RENEW_AFTER = 0.8;
/** How long batches may stay away before the view says so, in milliseconds; they come every ten seconds. */
const QUIET_AFTER_MS = 22_000;

/**
 * @typedef {{kind: 'connecting'} | {kind: 'live'} | {kind: 'quiet', since: number}
 *   | {kind: 'lost', retryAt: number, reason: string} | {kind: 'unavailable'} | {kind: 'ended'}} LiveState
 *
 * @typedef {object} LiveHandlers
 * @property {(state: LiveState) => void} onState
 * @property {(batch: import('./live-batch.js').LiveBatch) => void} onBatch
 * @property {(pack: import('./tiles.js').TilePack) => void} onTiles
 */

export class LiveView {
  /** @type {Lease|null} */
  #lease = null;
  /** @type {MqttClient|null} */
  #client = null;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #renewal;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #retry;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #quiet;
  #attempts = 0;
  #closed = false;
  /** What was told last. @type {LiveState['kind']} */
  #told = 'connecting';
  /** Whether a batch has come that all tiles of the run were sent with. */
  #isWhole = false;

  /**
   * @param {string} robot
   * @param {LiveHandlers} handlers
   */
  constructor(robot, handlers) {
    this.robot = robot;
    this.handlers = handlers;
    this.#open();
  }

  /** Whether the robot itself tells what it does, or is about to. */
  get isLive() {
    return this.#told === 'connecting' || this.#told === 'live';
  }

  /** Ends the lease and the connection. */
  close() {
    if (this.#closed) return;
    this.#closed = true;
    this.#drop();
    this.#tell({ kind: 'ended' });
  }

  async #open() {
    this.#tell({ kind: 'connecting' });
    try {
      const lease = /** @type {Lease} */ (await post(path`/v1/robots/${this.robot}/live`));
      this.#lease = lease;
      if (this.#closed) return this.#drop();
      this.#connect(lease);
      this.#renewLater(lease);
    } catch (error) {
      if (error instanceof Problem && error.code === 'live_unavailable') return this.#giveUp();
      this.#lost(error instanceof Error ? error.message : String(error));
    }
  }

  /** @param {Lease} lease */
  #connect(lease) {
    this.#client = new MqttClient({
      url: lease.url,
      clientId: lease.client_id,
      username: lease.username,
      password: lease.password ?? '',
      topics: [lease.topics.pose, lease.topics.tiles],
      onReady: () => this.#heard(),
      onMessage: (topic, payload) => this.#receive(topic, payload),
      onEnd: (reason) => this.#lost(reason),
    });
  }

  /** @param {string} topic @param {Uint8Array} payload */
  #receive(topic, payload) {
    if (topic === this.#lease?.topics.tiles) this.#receiveTiles(payload);
    else if (topic === this.#lease?.topics.pose) this.#receiveBatch(payload);
  }

  /** @param {Uint8Array} payload */
  async #receiveTiles(payload) {
    const pack = await decodePack(payload).catch(() => null);
    // A pack that cannot be read is dropped: a later one holds all that the run knows of its tiles.
    if (pack && !this.#closed) this.handlers.onTiles(pack);
  }

  /** @param {Uint8Array} payload */
  async #receiveBatch(payload) {
    const batch = await decodeBatch(payload).catch(() => null);
    if (!batch || this.#closed) return;
    this.#heard();
    this.#askForWhole(batch.isWhole);
    this.handlers.onBatch(batch);
  }

  /**
   * A view that was subscribed too late for the beginning asks again: a renewed lease is shown everything.
   *
   * @param {boolean} isWhole
   */
  #askForWhole(isWhole) {
    const isMissing = !isWhole && !this.#isWhole;
    this.#isWhole = true;
    if (!isMissing || !this.#lease) return;
    clearTimeout(this.#renewal);
    this.#renew(this.#lease);
  }

  #heard() {
    clearTimeout(this.#quiet);
    const since = Date.now();
    this.#quiet = setTimeout(() => this.#tell({ kind: 'quiet', since }), QUIET_AFTER_MS);
    this.#attempts = 0;
    if (this.#told !== 'live') this.#tell({ kind: 'live' });
  }

  /** @param {LiveState} state */
  #tell(state) {
    this.#told = state.kind;
    this.handlers.onState(state);
  }

  /** @param {Lease} lease */
  #renewLater(lease) {
    const left = Date.parse(lease.expires_at) - Date.now();
    this.#renewal = setTimeout(() => this.#renew(lease), Math.max(left * RENEW_AFTER, LEAST_RENEWAL_MS));
  }

  /** @param {Lease} lease */
  async #renew(lease) {
    try {
      const renewed = await post(path`/v1/robots/${this.robot}/live/${lease.id}`);
      if (this.#lease?.id === lease.id) this.#renewLater({ ...lease, ...renewed });
    } catch (error) {
      if (this.#lease?.id !== lease.id) return;
      if (error instanceof Problem) this.#lost(error.message);
      else this.#renewLater(lease);
    }
  }

  /** Where there is no live view, asking again would not help. */
  #giveUp() {
    if (!this.#closed) this.#tell({ kind: 'unavailable' });
  }

  /** @param {string} reason */
  #lost(reason) {
    if (this.#closed) return;
    this.#drop();
    const wait = backoff(this.#attempts);
    this.#attempts += 1;
    this.#tell({ kind: 'lost', retryAt: Date.now() + wait, reason });
    this.#retry = setTimeout(() => this.#open(), wait);
  }

  #drop() {
    [this.#renewal, this.#retry, this.#quiet].forEach(clearTimeout);
    this.#isWhole = false;
    this.#client?.close();
    this.#client = null;
    if (this.#lease) release(this.robot, this.#lease.id);
    this.#lease = null;
  }
}

/** @param {string} robot @param {string} lease */
function release(robot, lease) {
  // A lease that cannot be ended now ends by itself.
  request(path`/v1/robots/${robot}/live/${lease}`, { method: 'DELETE', keepalive: true }).catch(() => {});
}
