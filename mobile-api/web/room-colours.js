/**
 * Which of the map's few colours each room gets: rooms beside each other never share one while there are enough.
 */

/** @typedef {import('./raster.js').Raster} Raster */

/** How many room colours the style sheet has. */
export const ROOM_COLOURS = 6;
/** Rooms this many cells apart are still beside each other: a thick wall of half a metre. */
const MOST_BETWEEN = 10;

/**
 * Greedily, in the order of the rooms' numbers, so that a room keeps its colour while its neighbours stay.
 *
 * @param {Raster} raster
 * @returns {Map<number, number>} from a room's number to its colour, counted from 0
 */
export function colourRooms(raster) {
  const beside = neighbours(raster);
  /** @type {Map<number, number>} */
  const colours = new Map();
  for (const number of [...beside.keys()].sort((one, other) => one - other)) {
    const near = [...(beside.get(number) ?? [])];
    colours.set(number, freest(number, near, colours));
  }
  return colours;
}

/**
 * @param {number} number
 * @param {number[]} near
 * @param {Map<number, number>} colours
 */
function freest(number, near, colours) {
  const taken = near.map((other) => colours.get(other));
  const wanted = Array.from({ length: ROOM_COLOURS }, (_, step) => (number - 1 + step) % ROOM_COLOURS);
  return wanted.find((colour) => !taken.includes(colour)) ?? (number - 1) % ROOM_COLOURS;
}

/**
 * @param {Raster} raster
 * @returns {Map<number, Set<number>>} the rooms beside each room
 */
export function neighbours({ width, height, room }) {
  /** @type {Map<number, Set<number>>} */
  const beside = new Map();
  if (!room) return beside;
  for (let row = 0; row < height; row += 1) walk(room, row * width, 1, width, beside);
  for (let col = 0; col < width; col += 1) walk(room, col, width, height, beside);
  return beside;
}

/**
 * @param {Uint8Array} room
 * @param {number} start
 * @param {number} step
 * @param {number} count
 * @param {Map<number, Set<number>>} beside
 */
function walk(room, start, step, count, beside) {
  let [last, lastAt] = [0, 0];
  for (let at = 0; at < count; at += 1) {
    const number = room[start + at * step] ?? 0;
    if (number === 0) continue;
    if (!beside.has(number)) beside.set(number, new Set());
    if (last !== 0 && last !== number && at - lastAt <= MOST_BETWEEN) {
      beside.get(last)?.add(number);
      beside.get(number)?.add(last);
    }
    [last, lastAt] = [number, at];
  }
}
