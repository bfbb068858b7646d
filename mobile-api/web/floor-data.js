/**
 * All that the page shows of one floor: its map, its rooms, and the things that move, asked for only when the map has
 * changed.
 */

import { get, path, request } from './api.js';
import { readMap } from './raster.js';

/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./types.js').Thing} Thing */

/**
 * @typedef {object} FloorData
 * @property {string} floor
 * @property {number} version how many runs it was learnt from
 * @property {import('./raster.js').Raster} raster
 * @property {string|null} tag of the map; it changes with every run and every change of the rooms
 * @property {Room[]} rooms in the order of their names
 * @property {number} roomsVersion
 * @property {string|null} roomsTag
 * @property {Thing[]} things those that are there most often first
 */

/**
 * @param {string} home
 * @param {string} floor
 * @param {FloorData|null} known
 * @returns {Promise<FloorData|null>} `known` itself when nothing has changed, null while nothing of the floor is known
 */
export async function loadFloor(home, floor, known) {
  const base = path`/v1/homes/${home}/floors/${floor}`;
  const map = await request(`${base}/map`, { headers: known?.tag ? { 'If-None-Match': known.tag } : {} });
  if (map.status === 304) return known;
  const raster = readMap(map.data, 'home');
  if (!raster) return null;
  const [rooms, things] = await Promise.all([request(`${base}/rooms`), get(`${base}/objects`)]);
  return {
    floor,
    version: map.data.version,
    raster,
    tag: map.etag,
    rooms: rooms.data.items.sort(byName),
    roomsVersion: rooms.data.version,
    roomsTag: rooms.etag,
    things: things.items.sort((/** @type {Thing} */ one, /** @type {Thing} */ other) => other.presence - one.presence),
  };
}

/** @param {Room} room */
export function roomName({ name, number }) {
  return name ?? `Room ${number}`;
}

/** @param {Room} one @param {Room} other */
function byName(one, other) {
  return roomName(one).localeCompare(roomName(other), undefined, { numeric: true });
}
