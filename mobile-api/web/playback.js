/**
 * Plays back where the robot was, at a constant delay: positions come in batches, and the robot moves evenly all the
 * same.
 */

/** @typedef {import('./live-batch.js').TimedPose} TimedPose */

/** The time between two batches, and half a second for a message that takes longer than others, in milliseconds. */
export const DELAY_MS = 10_500;
/** A clock that is this far from where it was has begun anew, in milliseconds. */
const NEW_CLOCK_MS = 60_000;

export class Playback {
  /** @type {TimedPose[]} */
  #poses = [];
  /** What this device's clock shows beyond the robot's, after the quickest journey of a message. */
  #ahead = Infinity;

  /**
   * @param {number} clock of the robot when it sent them, in milliseconds
   * @param {TimedPose[]} poses the oldest first; those that are known already are passed over
   * @param {number} now
   */
  add(clock, poses, now) {
    const last = this.#poses.at(-1);
    if (last && Math.abs(clock - last.clock) > NEW_CLOCK_MS) this.clear();
    this.#ahead = Math.min(this.#ahead, now - clock);
    const known = this.#poses.at(-1)?.clock ?? -Infinity;
    this.#poses.push(...poses.filter((pose) => pose.clock > known));
  }

  clear() {
    this.#poses = [];
    this.#ahead = Infinity;
  }

  /**
   * Where to show the robot now; what lies behind is forgotten.
   *
   * @param {number} now
   * @returns {{x: number, y: number, heading: number}|null} null before the first batch
   */
  at(now) {
    const clock = now - this.#ahead - DELAY_MS;
    while ((this.#poses[1]?.clock ?? Infinity) <= clock) this.#poses.shift();
    const [from, to] = this.#poses;
    if (!from) return null;
    if (!to || clock <= from.clock) return from;
    const share = (clock - from.clock) / (to.clock - from.clock);
    const turn = Math.atan2(Math.sin(to.heading - from.heading), Math.cos(to.heading - from.heading));
    return {
      x: from.x + (to.x - from.x) * share,
      y: from.y + (to.y - from.y) * share,
      heading: from.heading + turn * share,
    };
  }
}
