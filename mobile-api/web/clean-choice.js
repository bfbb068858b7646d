/**
 * What the owner has chosen to be cleaned: the whole home, some rooms, or zones.
 */

import { counted } from './floor-words.js';

/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {import('./types.js').Scope} Scope */
/** @typedef {Scope['kind']} ChoiceKind */

/**
 * What to send with a start, or the sentence that tells what is missing.
 *
 * @typedef {{scope: Scope, rooms_version?: number} | {missing: string}} Order
 */

export class CleanChoice {
  /** @type {ChoiceKind} */
  kind = 'whole_home';
  /** @type {Set<string>} */
  rooms = new Set();

  /** @param {string} room picked, or no longer */
  toggle(room) {
    this.kind = 'rooms';
    if (!this.rooms.delete(room)) this.rooms.add(room);
  }

  /**
   * Drops the rooms that are no longer there.
   *
   * @param {import('./types.js').Room[]} rooms
   * @returns {number} how many were dropped
   */
  keep(rooms) {
    const before = this.rooms.size;
    const ids = new Set(rooms.map(({ id }) => id));
    this.rooms = new Set([...this.rooms].filter((room) => ids.has(room)));
    return before - this.rooms.size;
  }

  /**
   * @param {number} roomsVersion of the list that the rooms were picked from
   * @param {Corner[][]} zones
   * @returns {Order}
   */
  order(roomsVersion, zones) {
    switch (this.kind) {
      case 'whole_home':
        return { scope: { kind: 'whole_home' } };
      case 'rooms':
        if (this.rooms.size === 0) return { missing: 'Pick a room first: tap it on the map or in the list.' };
        return { scope: { kind: 'rooms', rooms: [...this.rooms] }, rooms_version: roomsVersion };
      case 'zones':
        if (zones.length === 0) return { missing: 'Add a zone first, and put it where the robot shall clean.' };
        return { scope: { kind: 'zones', zones } };
    }
  }

  /** @param {number} zones how many there are @returns {string} */
  words(zones) {
    switch (this.kind) {
      case 'whole_home':
        return 'Whole home';
      case 'rooms':
        return this.rooms.size === 0 ? 'No room picked' : counted(this.rooms.size, 'room');
      case 'zones':
        return zones === 0 ? 'No zone yet' : counted(zones, 'zone');
    }
  }
}
