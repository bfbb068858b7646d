/**
 * Maps as grids of cells: a home's map as the API answers it, and a run's map that grows with its tiles.
 */

import { TILE_CELLS } from './tiles.js';

/** @typedef {import('./types.js').MapDocument} MapDocument */

/** Metres on each side of a cell of a run tile. */
export const CELL_METRES = 0.05;
/** The most cells that a map may have here; the API's limit for a floor. */
const MAX_CELLS = 2048 * 2048;

/**
 * @typedef {object} Raster
 * @property {'home'|'run'} kind what the numbers in `cells` mean: home is unknown, free, movable, permanent; run is
 *   unknown, free, occupied, touched
 * @property {number} x column of the first cell
 * @property {number} y row of the first cell
 * @property {number} width
 * @property {number} height
 * @property {number} cellMetres
 * @property {Uint8Array} cells
 * @property {Uint8Array|null} presence percent per cell
 * @property {Uint8Array|null} room number per cell, 0 for none
 */

/**
 * @param {MapDocument} document
 * @param {'home'|'run'} kind
 * @returns {Raster|null} null for a map in which nothing is known yet
 */
export function readMap(document, kind) {
  const { origin, width, height } = document;
  if (!(width > 0 && height > 0 && width * height <= MAX_CELLS)) return null;
  const cells = fromBase64(document.cells);
  if (cells.length !== width * height) return null;
  return {
    kind,
    x: origin.x,
    y: origin.y,
    width,
    height,
    cellMetres: document.cell_metres,
    cells,
    presence: plane(document.presence, cells.length),
    room: plane(document.room, cells.length),
  };
}

/** The map of a run that goes on. */
export class RunMap {
  /** @type {Map<string, number>} revision of each tile that was drawn */
  #revs = new Map();
  /** @type {Raster|null} */
  raster = null;

  /** @param {string} run */
  constructor(run) {
    this.run = run;
  }

  /**
   * Takes what the cloud has stored of the run, under what the robot has sent itself.
   *
   * @param {Raster} stored
   */
  addStored(stored) {
    const live = this.raster;
    this.raster = live ? covering(stored, live) : { ...stored, cells: stored.cells.slice() };
    if (live) copyKnown(live, this.raster);
  }

  /**
   * @param {import('./tiles.js').Tile[]} tiles older revisions are skipped
   * @returns {boolean} whether anything changed
   */
  addTiles(tiles) {
    const fresh = tiles.filter(({ x, y, rev }) => rev > (this.#revs.get(`${x},${y}`) ?? -1));
    fresh.forEach((tile) => this.#addTile(tile));
    return fresh.length > 0;
  }

  /** @param {import('./tiles.js').Tile} tile */
  #addTile({ x, y, rev, cells }) {
    const at = { x: x * TILE_CELLS, y: y * TILE_CELLS, width: TILE_CELLS, height: TILE_CELLS };
    const base = this.raster ?? blank(at);
    const raster = contains(base, at) ? base : covering(base, at);
    if (raster.width * raster.height > MAX_CELLS) return;
    copyRows(cells, at, raster);
    this.#revs.set(`${x},${y}`, rev);
    this.raster = raster;
  }
}

/**
 * @param {Raster} raster
 * @returns {{minX: number, minY: number, maxX: number, maxY: number}|null} metres around the known cells
 */
export function knownBounds({ x, y, width, height, cellMetres, cells }) {
  let [left, right, bottom, top] = [width, -1, height, -1];
  for (let row = 0; row < height; row += 1) {
    for (let col = 0; col < width; col += 1) {
      if (!cells[row * width + col]) continue;
      left = Math.min(left, col);
      right = Math.max(right, col);
      bottom = Math.min(bottom, row);
      top = row;
    }
  }
  if (right < 0) return null;
  const metres = (/** @type {number} */ cell) => cell * cellMetres;
  return { minX: metres(x + left), maxX: metres(x + right + 1), minY: metres(y + bottom), maxY: metres(y + top + 1) };
}

/** @param {Raster} raster @returns {number} square metres of which something is known */
export function knownArea({ cells, cellMetres }) {
  return cells.reduce((count, cell) => count + (cell ? 1 : 0), 0) * cellMetres ** 2;
}

/** @typedef {{x: number, y: number, width: number, height: number}} Box */

/** @param {Box} box @returns {Raster} */
function blank({ x, y, width, height }) {
  const cells = new Uint8Array(width * height);
  return { kind: 'run', x, y, width, height, cellMetres: CELL_METRES, cells, presence: null, room: null };
}

/** @param {Box} outer @param {Box} inner */
function contains(outer, inner) {
  return (
    inner.x >= outer.x &&
    inner.y >= outer.y &&
    inner.x + inner.width <= outer.x + outer.width &&
    inner.y + inner.height <= outer.y + outer.height
  );
}

/**
 * @param {Raster} raster
 * @param {Box} box
 * @returns {Raster} as much as both, with the cells of `raster`
 */
function covering(raster, box) {
  const [x, y] = [Math.min(raster.x, box.x), Math.min(raster.y, box.y)];
  const width = Math.max(raster.x + raster.width, box.x + box.width) - x;
  const height = Math.max(raster.y + raster.height, box.y + box.height) - y;
  const grown = blank({ x, y, width, height });
  copyRows(raster.cells, raster, grown);
  return grown;
}

/** @param {Uint8Array} cells @param {Box} from @param {Raster} to */
function copyRows(cells, from, to) {
  for (let row = 0; row < from.height; row += 1) {
    const start = (from.y + row - to.y) * to.width + (from.x - to.x);
    to.cells.set(cells.subarray(row * from.width, (row + 1) * from.width), start);
  }
}

/** @param {Raster} from @param {Raster} to */
function copyKnown(from, to) {
  from.cells.forEach((cell, index) => {
    if (!cell) return;
    const row = from.y + Math.floor(index / from.width) - to.y;
    to.cells[row * to.width + from.x + (index % from.width) - to.x] = cell;
  });
}

/**
 * @param {string|undefined} text
 * @param {number} length
 * @returns {Uint8Array|null} null unless it has a byte for every cell
 */
function plane(text, length) {
  const bytes = text ? fromBase64(text) : null;
  return bytes?.length === length ? bytes : null;
}

/** @param {string} text */
function fromBase64(text) {
  return Uint8Array.from(atob(text), (character) => character.charCodeAt(0));
}
