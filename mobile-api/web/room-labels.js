/**
 * The rooms' names on the map, each where its room has most space for a line of text.
 */

/** @typedef {import('./raster.js').Raster} Raster */

/** A label is wider than high: a step upwards from a room's edge counts this often as much as one sideways. */
const FLATNESS = 2.5;
/** Of the places with nearly the most space, the one nearest to the room's middle is taken. */
const GOOD_ENOUGH = 0.8;
/** How far from the dock a label stays, in metres upwards; more sideways. */
const DOCK_CLEARANCE_METRES = 1.1;
const SLANT = Math.hypot(1, FLATNESS);
const LINE_PX = 16;
/** A name is not cut shorter than this. */
const LEAST_LETTERS = 3;
const FONTS = [13, 11, 10].map((size) => `600 ${size}px system-ui, sans-serif`);
const SMALL_FONT = '500 11px system-ui, sans-serif';

/**
 * @typedef {object} Place
 * @property {number} x metres
 * @property {number} y metres
 * @property {number} width metres that a line of text has there
 */

/**
 * @typedef {object} Label
 * @property {string} name
 * @property {string} detail a second line, or nothing
 */

/**
 * @param {Raster} raster
 * @returns {Map<number, Place>} by room number
 */
export function labelPlaces(raster) {
  /** @type {Map<number, Place>} */
  const places = new Map();
  if (!raster.room) return places;
  const room = raster.room;
  const distance = distances(raster, room);
  for (const [number, { most, col, row }] of shapesOf(raster, room, distance)) {
    const away = (/** @type {number} */ at) =>
      Math.hypot((at % raster.width) - col, Math.floor(at / raster.width) - row);
    const badness = (/** @type {number} */ at) => away(at) + (isAtDock(raster, at) ? room.length : 0);
    let best = -1;
    room.forEach((other, at) => {
      if (other !== number || (distance[at] ?? 0) < GOOD_ENOUGH * most) return;
      if (best < 0 || badness(at) < badness(best)) best = at;
    });
    places.set(number, placeAt(raster, room, best));
  }
  return places;
}

/** @param {Raster} raster @param {number} at @returns {boolean} whether the dock's mark would lie on a label there */
function isAtDock({ x, y, width, cellMetres }, at) {
  const [col, row] = [x + (at % width), y + Math.floor(at / width)];
  return Math.hypot(col / FLATNESS, row) * cellMetres < DOCK_CLEARANCE_METRES;
}

/**
 * @param {Raster} raster
 * @param {Uint8Array} room
 * @param {Float32Array} distance
 * @returns {Map<number, {most: number, col: number, row: number}>} each room's greatest distance and its middle
 */
function shapesOf({ width }, room, distance) {
  /** @type {Map<number, {most: number, count: number, col: number, row: number}>} */
  const shapes = new Map();
  room.forEach((number, at) => {
    if (number === 0) return;
    const { most, count, col, row } = shapes.get(number) ?? { most: 0, count: 0, col: 0, row: 0 };
    shapes.set(number, {
      most: Math.max(most, distance[at] ?? 0),
      count: count + 1,
      col: col + ((at % width) - col) / (count + 1),
      row: row + (Math.floor(at / width) - row) / (count + 1),
    });
  });
  return shapes;
}

/**
 * Draws the largest form of the label that the room has space for.
 *
 * @param {CanvasRenderingContext2D} context
 * @param {import('./camera.js').Camera} camera
 * @param {import('./palette.js').Palette} palette
 * @param {Place} place
 * @param {Label} label
 */
export function drawLabel(context, camera, palette, place, { name, detail }) {
  const [x, y] = camera.toScreen(place.x, place.y);
  const space = place.width * camera.scale - 2;
  const lines = fitting(context, name, space);
  if (!lines) return;
  const details = detail && measure(context, SMALL_FONT, detail) <= space ? [detail] : [];
  const top = y - ((lines.texts.length + details.length - 1) * LINE_PX) / 2;
  context.save();
  context.textAlign = 'center';
  context.textBaseline = 'middle';
  context.lineJoin = 'round';
  context.lineWidth = 4;
  context.strokeStyle = palette['label-halo'] ?? '';
  context.fillStyle = palette.label ?? '';
  [...lines.texts, ...details].forEach((text, index) => {
    context.font = index < lines.texts.length ? lines.font : SMALL_FONT;
    context.strokeText(text, x, top + index * LINE_PX);
    context.fillText(text, x, top + index * LINE_PX);
  });
  context.restore();
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} name
 * @param {number} space CSS pixels
 * @returns {{font: string, texts: string[]}|null} null where not even the beginning of the name fits
 */
function fitting(context, name, space) {
  const starts = Array.from({ length: name.length }, (_, cut) => [`${name.slice(0, name.length - cut - 1)}…`]);
  const forms = [[name], name.split(' '), ...starts.filter(([text = '']) => text.length > LEAST_LETTERS)];
  for (const texts of forms) {
    const font = FONTS.find((size) => texts.every((text) => measure(context, size, text) <= space));
    if (font) return { font, texts };
  }
  return null;
}

/**
 * @param {CanvasRenderingContext2D} context
 * @param {string} font
 * @param {string} text
 */
function measure(context, font, text) {
  context.font = font;
  return context.measureText(text).width;
}

/**
 * How far each cell is from the edge of its room, by two sweeps of a chamfer mask (Borgefors 1986).
 *
 * @param {Raster} raster
 * @param {Uint8Array} room
 */
function distances({ width }, room) {
  const distance = new Float32Array(room.length).fill(Infinity);
  const steps = /** @type {const} */ ([
    [1, 1],
    [width - 1, SLANT],
    [width, FLATNESS],
    [width + 1, SLANT],
  ]);
  const relax = (/** @type {number} */ at, /** @type {-1|1} */ way) => {
    for (const [back, step] of steps) {
      const other = at + way * back;
      const there = room[other] === room[at] ? (distance[other] ?? 0) : 0;
      distance[at] = Math.min(distance[at] ?? 0, there + step);
    }
  };
  for (let at = 0; at < room.length; at += 1) if (room[at]) relax(at, -1);
  for (let at = room.length - 1; at >= 0; at -= 1) if (room[at]) relax(at, 1);
  return distance;
}

/**
 * @param {Raster} raster
 * @param {Uint8Array} room
 * @param {number} at
 * @returns {Place}
 */
function placeAt({ x, y, width, cellMetres }, room, at) {
  const [row, col] = [Math.floor(at / width), at % width];
  const same = (/** @type {number} */ side) => room[row * width + side] === room[at];
  let [left, right] = [col, col];
  while (left > 0 && same(left - 1)) left -= 1;
  while (right < width - 1 && same(right + 1)) right += 1;
  const half = Math.min(col - left, right - col) + 0.5;
  return { x: (x + col + 0.5) * cellMetres, y: (y + row + 0.5) * cellMetres, width: 2 * half * cellMetres };
}
