/**
 * One request to a robot, from the tap to the robot's answer. It claims nothing that is not known:
 * a lost answer is "unknown", and asking again sends the same request under the same key.
 */

import { get, path, post, Problem, Unreachable } from './api.js';
import { randomText } from './random.js';

/** @typedef {import('./types.js').Command} Command */
/** @typedef {import('./types.js').CommandKind} CommandKind */

/**
 * @typedef {{phase: 'sending', kind: CommandKind}
 *   | {phase: 'sent', kind: CommandKind, command: Command}
 *   | {phase: 'refused', kind: CommandKind, problem: Problem}
 *   | {phase: 'unknown', kind: CommandKind, retry: () => void}} FlowState
 */

const SETTLED = new Set(['accepted', 'rejected', 'expired', 'succeeded', 'failed']);
const FIRST_LOOKS_MS = [150, 250, 400, 600];
const LATER_LOOKS_MS = 1_000;
/** How long after its expiry a command is still looked at, in milliseconds. */
const GRACE_MS = 5_000;

/** @param {Command} command @returns {boolean} whether the robot has decided, or can no longer */
export function isSettled(command) {
  return SETTLED.has(command.state);
}

export class CommandFlow {
  #key = randomText();
  #over = false;

  /**
   * @param {string} robot
   * @param {CommandKind} kind
   * @param {object} order what goes with it: a start says what shall be cleaned
   * @param {(state: FlowState) => void} onChange
   */
  constructor(robot, kind, order, onChange) {
    this.robot = robot;
    this.kind = kind;
    this.order = order;
    this.onChange = onChange;
    this.#send();
  }

  /** Stops looking; the command itself goes on. */
  leave() {
    this.#over = true;
  }

  async #send() {
    this.#tell({ phase: 'sending', kind: this.kind });
    const body = { type: this.kind, ...this.order };
    try {
      const command = await post(path`/v1/robots/${this.robot}/commands`, body, { 'Idempotency-Key': this.#key });
      await this.#follow(command);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** @param {Command} command */
  async #follow(command) {
    this.#tell({ phase: 'sent', kind: this.kind, command });
    const until = Date.parse(command.expires_at) + GRACE_MS;
    let latest = command;
    for (let look = 0; !isSettled(latest) && !this.#over && Date.now() < until; look += 1) {
      await pause(FIRST_LOOKS_MS[look] ?? LATER_LOOKS_MS);
      latest = await this.#look(latest);
      this.#tell({ phase: 'sent', kind: this.kind, command: latest });
    }
  }

  /** @param {Command} command @returns {Promise<Command>} */
  async #look(command) {
    try {
      return await get(path`/v1/robots/${this.robot}/commands/${command.id}`);
    } catch (error) {
      if (error instanceof Unreachable) return command;
      throw error;
    }
  }

  /** @param {unknown} error */
  #fail(error) {
    const { kind } = this;
    if (error instanceof Problem && error.status < 500) this.#tell({ phase: 'refused', kind, problem: error });
    else this.#tell({ phase: 'unknown', kind, retry: () => this.#send() });
  }

  /** @param {FlowState} state */
  #tell(state) {
    if (!this.#over) this.onChange(state);
  }
}

/** @param {number} milliseconds */
function pause(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
