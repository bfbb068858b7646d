/**
 * All that the page shows of one floor: its map, its rooms, and the things that move, in one document that is asked for
 * only when it has changed.
 */

import { path, request } from './api.js';
import { keep, kept } from './kept.js';
import { readMap } from './raster.js';

/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./types.js').Thing} Thing */

/**
 * @typedef {object} FloorData
 * @property {string} floor
 * @property {number} version how many runs it was learnt from
 * @property {import('./raster.js').Raster} raster
 * @property {string} tag of all this; it changes with every run and every change of the rooms
 * @property {Room[]} rooms in the order of their names
 * @property {number} roomsVersion
 * @property {Thing[]} things those that are there most often first
 */

/**
 * @param {string} home
 * @param {string} floor
 * @param {FloorData|null} known
 * @param {string|null} tag of the present map, if it is known
 * @returns {Promise<FloorData|null>} `known` itself when nothing has changed, null while nothing of the floor is known
 */
export async function loadFloor(home, floor, known, tag) {
  const target = path`/v1/homes/${home}/floors/${floor}/map`;
  const map = tag && kept(target, tag);
  if (tag && map) return floorData(floor, map, tag);
  const answer = await request(target, { headers: known ? { 'If-None-Match': known.tag } : {} });
  if (answer.status === 304) return known;
  const present = answer.etag ?? '';
  keep(target, present, answer.data);
  return floorData(floor, answer.data, present);
}

/**
 * @param {string} floor
 * @param {import('./types.js').MapDocument} map
 * @param {string} tag
 * @returns {FloorData|null}
 */
function floorData(floor, map, tag) {
  const raster = readMap(map, 'home');
  if (!raster) return null;
  return {
    floor,
    version: map.version,
    raster,
    tag,
    rooms: (map.rooms ?? []).sort(byName),
    roomsVersion: map.rooms_version ?? 0,
    things: (map.objects ?? []).sort((one, other) => other.presence - one.presence),
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
