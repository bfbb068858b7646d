/**
 * The map's colours, read from the style sheet, and the picture of a raster in them.
 */

import { ROOM_COLOURS } from './room-colours.js';

const ROOMS = Array.from({ length: ROOM_COLOURS }, (_, index) => `room-${index}`);
const NAMES = [
  ...['floor', 'wall', 'movable', 'touched', 'track', 'robot', 'robot-ink', 'dock', 'scale', 'label', 'label-halo'],
  ...['plan', 'chosen', 'zone', 'no-go', 'no-mop', 'handle'],
  ...ROOMS,
];

/** @typedef {Record<string, string>} Palette */

/** @param {Element} element @returns {Palette} */
export function readPalette(element) {
  const style = getComputedStyle(element);
  return Object.fromEntries(NAMES.map((name) => [name, style.getPropertyValue(`--map-${name}`).trim()]));
}

/** The colour of each number in a raster's cells; unknown is left clear. */
const CLASSES = { home: ['', 'floor', 'movable', 'wall'], run: ['', 'floor', 'wall', 'touched'] };
const [FREE, MOVABLE] = [1, 2];
/** A movable thing that is hardly ever there still shows this strongly. */
const FAINTEST = 0.2;

/** @typedef {Map<number, {name: string, share: number}>} Tints each room's colour and how strong it is, 0 to 1 */

/**
 * One pixel per cell, the largest row on top, as screens count downwards.
 *
 * @param {import('./raster.js').Raster} raster
 * @param {Palette} palette
 * @param {Tints} tints
 * @returns {HTMLCanvasElement}
 */
export function paintRaster(raster, palette, tints) {
  const { width, height, cells, presence, room } = raster;
  const canvas = document.createElement('canvas');
  [canvas.width, canvas.height] = [width, height];
  const context = /** @type {CanvasRenderingContext2D} */ (canvas.getContext('2d'));
  const image = context.createImageData(width, height);
  const pixels = new Uint32Array(image.data.buffer);
  const colours = CLASSES[raster.kind].map((name) => (name ? packed(palette[name] ?? '') : 0));
  const floors = floorColours(palette, tints);
  const movable = colours[MOVABLE] ?? 0;
  cells.forEach((cell, index) => {
    const at = (height - 1 - Math.floor(index / width)) * width + (index % width);
    const floor = floors.get(room?.[index] ?? 0) ?? colours[FREE] ?? 0;
    const share = raster.kind === 'home' && cell === MOVABLE ? (presence?.[index] ?? 100) / 100 : 1;
    if (cell === FREE) pixels[at] = floor;
    else pixels[at] = share < 1 ? mixed(floor, movable, FAINTEST + (1 - FAINTEST) * share) : (colours[cell] ?? 0);
  });
  context.putImageData(image, 0, 0);
  return canvas;
}

/**
 * @param {Palette} palette
 * @param {Tints} tints
 * @returns {Map<number, number>} the pixel of each room's floor
 */
function floorColours(palette, tints) {
  const plain = packed(palette.floor ?? '');
  return new Map([...tints].map(([room, { name, share }]) => [room, mixed(plain, packed(palette[name] ?? ''), share)]));
}

/** @param {string} colour as #rrggbb @returns {number} the pixel as canvases of little-endian machines keep it */
function packed(colour) {
  const rgb = Number.parseInt(colour.slice(1), 16);
  return ((0xff << 24) | ((rgb & 0xff) << 16) | (rgb & 0xff00) | (rgb >> 16)) >>> 0;
}

/** @param {number} from @param {number} to @param {number} share of `to` */
function mixed(from, to, share) {
  let pixel = 0xff;
  for (const shift of [16, 8, 0]) {
    const channel = ((from >> shift) & 0xff) * (1 - share) + ((to >> shift) & 0xff) * share;
    pixel = (pixel << 8) | Math.round(channel);
  }
  return pixel >>> 0;
}
