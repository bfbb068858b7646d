/**
 * Batches of the live view as the robot sends them. Layout: `crates/wire/src/live.rs`.
 */

import { decodePack, runId } from './tiles.js';

const VERSION = 1;
const WHOLE = 1;
const IN_RUN = 2;
const HEAD_BYTES = 7;
const RUN_BYTES = 16;
const POSE_BYTES = 12;
/** Matter's numbers of the states. */
const STATES = new Map(
  /** @type {[number, import('./types.js').RobotState][]} */ ([
    [0x00, 'stopped'],
    [0x01, 'running'],
    [0x02, 'paused'],
    [0x03, 'error'],
    [0x40, 'seeking_charger'],
    [0x41, 'charging'],
    [0x42, 'docked'],
    [0x43, 'emptying_dust_bin'],
    [0x44, 'cleaning_mop'],
    [0x45, 'filling_water_tank'],
    [0x46, 'updating_maps'],
  ]),
);

/** Bytes that are not a batch. */
export class BatchError extends Error {}

/**
 * @typedef {object} TimedPose
 * @property {number} clock of the robot when it was there, in milliseconds
 * @property {number} x metres out of the dock
 * @property {number} y metres to the left of the dock
 * @property {number} heading radians
 *
 * @typedef {object} LiveBatch
 * @property {boolean} isWhole whether all tiles of the run are sent with it
 * @property {import('./types.js').RobotState} state
 * @property {number} clock of the robot when it was sent, in milliseconds
 * @property {string|null} run
 * @property {TimedPose[]} poses the oldest first
 * @property {import('./tiles.js').TilePack|null} pack
 */

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<LiveBatch>}
 * @throws {BatchError|import('./tiles.js').TileError}
 */
export async function decodeBatch(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEAD_BYTES) throw new BatchError('the batch is cut short');
  if (view.getUint8(0) !== VERSION) throw new BatchError(`version ${view.getUint8(0)} is not known`);
  const flags = view.getUint8(1);
  const state = STATES.get(view.getUint8(2));
  if (!state) throw new BatchError(`state ${view.getUint8(2)} is not known`);
  const posesAt = HEAD_BYTES + (flags & IN_RUN ? RUN_BYTES : 0);
  if (posesAt >= bytes.length) throw new BatchError('the batch is cut short');
  const tilesAt = posesAt + 1 + view.getUint8(posesAt) * POSE_BYTES;
  if (tilesAt > bytes.length) throw new BatchError('a position is cut short');
  const clock = view.getUint32(3);
  return {
    isWhole: (flags & WHOLE) !== 0,
    state,
    clock,
    run: flags & IN_RUN ? runId(view.getBigUint64(HEAD_BYTES), view.getBigUint64(HEAD_BYTES + 8)) : null,
    poses: readPoses(view, posesAt, clock),
    pack: tilesAt < bytes.length ? await decodePack(bytes.subarray(tilesAt)) : null,
  };
}

/**
 * @param {DataView} view
 * @param {number} from where their number stands
 * @param {number} clock
 * @returns {TimedPose[]}
 */
function readPoses(view, from, clock) {
  return Array.from({ length: view.getUint8(from) }, (_, index) => {
    const at = from + 1 + index * POSE_BYTES;
    return {
      clock: clock - view.getUint16(at),
      x: view.getInt32(at + 2) / 1000,
      y: view.getInt32(at + 6) / 1000,
      heading: view.getInt16(at + 10) / 1000,
    };
  });
}
