/**
 * All that the page shows of one floor: its map, its rooms, and the things that move. Each is asked for only when it
 * may have changed.
 */

import { get, path, Problem, request } from './api.js';
import { readMap } from './raster.js';

/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./types.js').Thing} Thing */

/**
 * @typedef {object} FloorData
 * @property {string} floor
 * @property {number} version how many runs it was learnt from
 * @property {import('./raster.js').Raster} raster
 * @property {Room[]} rooms in the order of their names
 * @property {number} roomsVersion
 * @property {Thing[]} things those that are there most often first
 * @property {{map: string|null, rooms: string|null}} tags
 */

/**
 * @param {string} home
 * @param {string} floor
 * @param {FloorData|null} known
 * @returns {Promise<FloorData|null>} `known` itself when nothing has changed, null while nothing of the floor is known
 */
export async function loadFloor(home, floor, known) {
  const base = path`/v1/homes/${home}/floors/${floor}`;
  const rooms = await changed(`${base}/rooms`, known?.tags.rooms);
  const reshaped = rooms !== null && rooms.data.version !== known?.roomsVersion;
  const map = await changed(`${base}/map`, reshaped ? null : known?.tags.map);
  if (known && !rooms && !map) return known;
  const raster = map ? readMap(map.data, 'home') : (known?.raster ?? null);
  if (!raster) return null;
  const things = map ? await get(`${base}/objects`).catch(none) : { items: known?.things ?? [] };
  return {
    floor,
    version: map?.data.version ?? known?.version ?? 0,
    raster,
    rooms: rooms ? rooms.data.items.sort(byName) : (known?.rooms ?? []),
    roomsVersion: rooms?.data.version ?? known?.roomsVersion ?? 0,
    things: things.items.sort((/** @type {Thing} */ one, /** @type {Thing} */ other) => other.presence - one.presence),
    tags: { map: map?.etag ?? known?.tags.map ?? null, rooms: rooms?.etag ?? known?.tags.rooms ?? null },
  };
}

/** @param {Room} room */
export function roomName({ name, number }) {
  return name ?? `Room ${number}`;
}

/**
 * @param {string} target
 * @param {string|null|undefined} tag of what is known already
 * @returns {Promise<{data: any, etag: string|null}|null>} null for what is known already
 */
async function changed(target, tag) {
  const answer = await request(target, { headers: tag ? { 'If-None-Match': tag } : {} });
  return answer.status === 304 ? null : answer;
}

/** @param {unknown} error */
function none(error) {
  if (error instanceof Problem && error.status === 404) return { items: [] };
  throw error;
}

/** @param {Room} one @param {Room} other */
function byName(one, other) {
  return roomName(one).localeCompare(roomName(other), undefined, { numeric: true });
}
