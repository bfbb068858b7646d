/**
 * Packs of run tiles as the robot sends them. Layouts: `crates/wire/src/tile_pack.rs` for the pack,
 * `crates/mapping/src/run_tile.rs` for the cells of a tile.
 */

/** Cells on each side of a tile. */
export const TILE_CELLS = 64;

const VERSION = 1;
const TILE_AREA = TILE_CELLS * TILE_CELLS;
const HEADER_BYTES = 35;
const TILE_HEADER_BYTES = 10;
const MAX_TILES = 1024;
const CROCKFORD = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
const ID_CHARACTERS = 26;

/** Bytes that are not a pack of run tiles. */
export class TileError extends Error {}

/**
 * @typedef {object} Tile
 * @property {number} x tile column
 * @property {number} y tile row
 * @property {number} rev a higher one replaces a lower one
 * @property {Uint8Array} cells one byte per cell, row by row: 0 unknown, 1 free, 2 occupied, 3 touched
 *
 * @typedef {{run: string, tiles: Tile[]}} TilePack
 */

/**
 * @param {Uint8Array} bytes
 * @returns {Promise<TilePack>}
 */
export async function decodePack(bytes) {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (bytes.length < HEADER_BYTES) throw new TileError('the pack is cut short');
  if (view.getUint8(0) !== VERSION) throw new TileError(`version ${view.getUint8(0)} is not known`);
  const count = view.getUint16(33);
  if (count > MAX_TILES) throw new TileError(`${count} tiles are more than ${MAX_TILES}`);
  const packed = splitTiles(bytes, view, count);
  const tiles = await Promise.all(
    packed.map(async ({ deflated, ...head }) => ({ ...head, cells: expandRuns(await inflate(deflated)) })),
  );
  return { run: runId(view.getBigUint64(17), view.getBigUint64(25)), tiles };
}

/**
 * @param {Uint8Array} bytes
 * @param {DataView} view
 * @param {number} count
 */
function splitTiles(bytes, view, count) {
  const tiles = [];
  let at = HEADER_BYTES;
  for (let index = 0; index < count; index += 1) {
    const start = at + TILE_HEADER_BYTES;
    if (start > bytes.length) throw new TileError('a tile is cut short');
    const end = start + view.getUint16(at + 8);
    if (end > bytes.length) throw new TileError('the cells of a tile are cut short');
    const head = { x: view.getInt16(at), y: view.getInt16(at + 2), rev: view.getUint32(at + 4) };
    tiles.push({ ...head, deflated: bytes.slice(start, end) });
    at = end;
  }
  if (at !== bytes.length) throw new TileError('bytes follow the last tile');
  return tiles;
}

/**
 * @param {Uint8Array<ArrayBuffer>} deflated
 * @returns {Promise<Uint8Array>} at most one byte per cell
 */
async function inflate(deflated) {
  const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream('deflate-raw'));
  const runs = new Uint8Array(TILE_AREA);
  let length = 0;
  const reader = stream.getReader();
  for (let part = await read(reader); part; part = await read(reader)) {
    if (length + part.length > TILE_AREA) {
      await reader.cancel();
      throw new TileError('a tile expands to more bytes than it has cells');
    }
    runs.set(part, length);
    length += part.length;
  }
  return runs.subarray(0, length);
}

/** @param {ReadableStreamDefaultReader<Uint8Array>} reader */
async function read(reader) {
  try {
    return (await reader.read()).value;
  } catch (cause) {
    throw new TileError('a tile cannot be expanded', { cause });
  }
}

/** @param {Uint8Array} runs the cell in the upper two bits of each byte, the length minus one in the lower six */
function expandRuns(runs) {
  const cells = new Uint8Array(TILE_AREA);
  let at = 0;
  for (const run of runs) {
    const end = at + (run & 63) + 1;
    cells.fill(run >> 6, at, end);
    at = end;
  }
  if (at !== TILE_AREA) throw new TileError(`a tile describes ${at} cells instead of ${TILE_AREA}`);
  return cells;
}

/**
 * The text form of a run's number: Crockford's base 32.
 *
 * @param {bigint} high
 * @param {bigint} low
 */
export function runId(high, low) {
  let number = (high << 64n) | low;
  let digits = '';
  for (let index = 0; index < ID_CHARACTERS; index += 1) {
    digits = CROCKFORD.charAt(Number(number & 31n)) + digits;
    number >>= 5n;
  }
  return `run_${digits}`;
}
