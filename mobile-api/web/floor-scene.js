/**
 * One floor as the map draws it and as fingers find things on it: rooms in their colours with their names, and things
 * that move.
 */

import { roomName } from './floor-data.js';
import { contains } from './geometry.js';
import { colourRooms } from './room-colours.js';
import { drawLabel, labelPlaces } from './room-labels.js';
import { trace } from './shape-marks.js';

/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./types.js').Thing} Thing */
/** @typedef {import('./camera.js').Camera} Camera */
/** @typedef {import('./palette.js').Palette} Palette */
/** @typedef {CanvasRenderingContext2D} Context */

/** How strong the colours of rooms are that are not meant. */
const FADED = 0.3;
/** A thing that is hardly ever there still has an outline of this strength. */
const FAINTEST = 0.35;
/** The rings around a chosen thing, the outer one first: colours of the palette and CSS pixels. */
const CHOSEN_RINGS = /** @type {[string, number][]} */ ([
  ['movable', 9],
  ['handle', 5],
]);

export class FloorScene {
  /** @param {import('./floor-data.js').FloorData} data */
  constructor(data) {
    this.data = data;
    this.colours = colourRooms(data.raster);
    this.places = labelPlaces(data.raster);
  }

  /** @param {string|null} id @returns {Room|null} */
  room(id) {
    return this.data.rooms.find((room) => room.id === id) ?? null;
  }

  /** @param {Room} room @returns {string} the name of its colour in the palette */
  colour({ number }) {
    return `room-${this.colours.get(number) ?? 0}`;
  }

  /** @param {Corner} at @returns {Room|null} */
  roomAt({ x, y }) {
    const { raster, rooms } = this.data;
    const col = Math.floor(x / 1000 / raster.cellMetres) - raster.x;
    const row = Math.floor(y / 1000 / raster.cellMetres) - raster.y;
    if (col < 0 || row < 0 || col >= raster.width || row >= raster.height) return null;
    const number = raster.room?.[row * raster.width + col];
    return rooms.find((room) => room.number === number) ?? null;
  }

  /** @param {Corner} at @returns {Thing|null} */
  thingAt(at) {
    return this.data.things.find(({ outline }) => contains(outline, at)) ?? null;
  }

  /**
   * @param {(room: Room) => boolean} isMeant
   * @returns {import('./palette.js').Tints} full colours for the rooms that are meant, faint ones for the others
   */
  tints(isMeant) {
    return new Map(
      this.data.rooms.map((room) => [room.number, { name: this.colour(room), share: isMeant(room) ? 1 : FADED }]),
    );
  }

  /** @param {Context} context @param {Camera} camera @param {Palette} palette @param {Set<string>} chosen rooms */
  drawChosen(context, camera, palette, chosen) {
    context.save();
    context.strokeStyle = palette.chosen ?? '';
    context.lineJoin = 'round';
    context.lineWidth = 3;
    for (const { outlines } of this.data.rooms.filter(({ id }) => chosen.has(id))) {
      for (const outline of outlines) {
        trace(context, onScreen(camera, outline), true);
        context.stroke();
      }
    }
    context.restore();
  }

  /** @param {Context} context @param {Camera} camera @param {Palette} palette @param {string|null} chosen a thing */
  drawThings(context, camera, palette, chosen) {
    context.save();
    context.strokeStyle = palette.movable ?? '';
    context.lineJoin = 'round';
    context.lineWidth = 1.5;
    for (const { outline, presence } of this.data.things) {
      trace(context, onScreen(camera, outline), true);
      context.globalAlpha = FAINTEST + ((1 - FAINTEST) * presence) / 100;
      context.stroke();
    }
    context.globalAlpha = 1;
    for (const { outline } of this.data.things.filter(({ id }) => id === chosen)) {
      for (const [colour, width] of CHOSEN_RINGS) {
        trace(context, onScreen(camera, outline), true);
        [context.strokeStyle, context.lineWidth] = [palette[colour] ?? '', width];
        context.stroke();
      }
    }
    context.restore();
  }

  /**
   * @param {Context} context
   * @param {Camera} camera
   * @param {Palette} palette
   * @param {(room: Room) => string} detail a second line for each room
   */
  drawLabels(context, camera, palette, detail) {
    for (const room of this.data.rooms) {
      const place = this.places.get(room.number);
      if (place) drawLabel(context, camera, palette, place, { name: roomName(room), detail: detail(room) });
    }
  }
}

/** @param {Camera} camera @param {Corner[]} corners @returns {[number, number][]} */
function onScreen(camera, corners) {
  return corners.map(({ x, y }) => camera.toScreen(x / 1000, y / 1000));
}
