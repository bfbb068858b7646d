/**
 * Naming, merging and splitting rooms.
 */

import { path, post, request } from './api.js';
import { el, keepInStep } from './dom.js';
import { roomName } from './floor-data.js';
import { isOutdated, refusalWords, ROOM_TYPES } from './floor-words.js';
import { openFormDialog } from './form-dialog.js';
import { textButton } from './parts.js';
import { roomRow } from './room-row.js';
import { ShapeEditor } from './shape-editor.js';

/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./floor-scene.js').FloorScene} FloorScene */

/** The least length of a new cut, in millimetres: its ends stay far enough apart to be held. */
const LEAST_CUT_MM = 1_000;

export class RoomsPanel {
  /** @type {Set<string>} */
  #picked = new Set();
  /** @type {Map<string, ReturnType<typeof roomRow>>} */
  #rows = new Map();
  /** The room that is being split. @type {Room|null} */
  #cutting = null;

  /** @param {import('./floor-desk.js').Desk} desk */
  constructor(desk) {
    this.desk = desk;
    this.cut = new ShapeEditor(() => desk.refresh());
    this.hint = el('p', 'muted');
    this.rename = textButton('Name', '', () => this.#openRename());
    this.split = textButton('Split', '', () => this.#beginCut());
    this.merge = textButton('Merge', '', () => this.#openMerge());
    this.tools = el('div', 'panel-tools', this.rename, this.split, this.merge);
    this.cancel = textButton('Cancel', '', () => this.#endCut());
    this.confirm = textButton('Split here', 'button-primary', () => this.#split());
    this.cutTools = el('div', 'panel-actions', this.cancel, this.confirm);
    this.list = el('ul', { class: 'rows', attrs: { 'aria-label': 'Rooms' } });
    this.floor = textButton('Rename this floor', 'button-quiet', () => this.#openFloorName());
    this.node = el('div', 'panel', this.hint, this.tools, this.cutTools, this.list, this.floor);
  }

  /** @param {FloorScene} scene */
  update(scene) {
    this.#picked = new Set([...this.#picked].filter((id) => scene.room(id)));
    const cuts = this.#cutting !== null;
    this.hint.textContent = cuts ? 'Move the line and its ends to where the room shall be cut.' : this.#hint(scene);
    this.tools.hidden = this.list.hidden = this.floor.hidden = cuts;
    this.cutTools.hidden = !cuts;
    const count = this.#picked.size;
    [this.rename.disabled, this.split.disabled, this.merge.disabled] = [count !== 1, count !== 1, count !== 2];
    keepInStep(this.list, scene.data.rooms, this.#rows, (room) => roomRow(room, (id) => this.#toggle(id)));
    for (const room of scene.data.rooms) {
      const figure = [typeWords(room), `${room.area_m2.toFixed(1)} m²`].filter(Boolean).join(' · ');
      this.#rows.get(room.id)?.show(this.#picked.has(room.id), figure, scene.colour(room));
    }
  }

  /** @param {FloorScene} scene */
  tints(scene) {
    const count = this.#cutting ? 1 : this.#picked.size;
    return scene.tints(({ id }) => count === 0 || this.#picked.has(id));
  }

  /** @type {import('./floor-desk.js').Draw} */
  draw(scene, context, camera, palette) {
    scene.drawChosen(context, camera, palette, this.#picked);
    scene.drawLabels(context, camera, palette, (room) => typeWords(room));
    this.cut.draw(context, camera, palette);
  }

  /** @param {FloorScene} scene @param {Corner} at @param {number} _reach */
  tap(scene, at, _reach) {
    if (this.#cutting) return true;
    const room = scene.roomAt(at);
    if (room) this.#toggle(room.id);
    return room !== null;
  }

  /** @param {Corner} at @param {number} reach */
  grab(at, reach) {
    return this.cut.grab(at, reach);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    if (!this.#cutting || event.key === 'Delete' || event.key === 'Backspace') return false;
    if (event.key === 'Escape') this.#endCut();
    else return this.cut.press(event);
    return true;
  }

  isUnsaved() {
    return this.#cutting !== null;
  }

  /** @param {FloorScene} scene */
  #hint(scene) {
    if (scene.data.rooms.length === 0)
      return 'No rooms are known yet. They are found when the map has more of the home.';
    if (this.#picked.size > 2) return 'Two rooms at most can be merged at a time.';
    return 'Pick one room to name or split it, or two to merge them.';
  }

  /** @param {string} room */
  #toggle(room) {
    if (!this.#picked.delete(room)) this.#picked.add(room);
    this.desk.refresh();
  }

  /** @returns {Room[]} the one whose name a merged room keeps first */
  #pickedRooms() {
    const rooms = this.desk.scene?.data.rooms.filter(({ id }) => this.#picked.has(id)) ?? [];
    const named = (/** @type {Room} */ { name }) => (name === null ? 0 : 1);
    return rooms.sort((one, other) => named(other) - named(one) || other.area_m2 - one.area_m2);
  }

  /** The address of the shown floor's rooms. */
  #base() {
    return path`/v1/homes/${this.desk.home}/floors/${this.desk.scene?.data.floor ?? ''}`;
  }

  #openRename() {
    const [room] = this.#pickedRooms();
    if (!room) return;
    const types = [['', 'Not said'], ...Object.entries(ROOM_TYPES)];
    openFormDialog({
      title: `Name ${roomName(room)}`,
      text: 'The name stays with the room when the map learns more.',
      fields: [
        { name: 'name', label: 'Name', value: room.name ?? '', attrs: { maxlength: 64, required: false } },
        { name: 'type', label: 'Kind of room', value: room.type ?? '', options: types },
      ],
      action: 'Save',
      refusal: (error) => this.#told(error),
      submit: async ({ name, type }) => {
        const body = { name: name || null, type: type || null };
        await request(`${this.#base()}/rooms/${encodeURIComponent(room.id)}`, { method: 'PATCH', body });
        await this.desk.reload();
      },
    });
  }

  #openMerge() {
    const rooms = this.#pickedRooms();
    const [one, other] = rooms;
    if (!one || !other) return;
    openFormDialog({
      title: 'Merge two rooms?',
      text: `${roomName(other)} becomes a part of ${roomName(one)}. It can be split off again.`,
      action: 'Merge',
      refusal: (error) => this.#told(error),
      submit: async () => {
        await post(`${this.#base()}/rooms/merge`, { rooms: rooms.map(({ id }) => id) }, this.#condition());
        await this.desk.reload();
        this.desk.say('The rooms are one now.');
      },
    });
  }

  #openFloorName() {
    openFormDialog({
      title: 'Rename this floor',
      text: 'The name is shown to everybody in this home.',
      fields: [{ name: 'name', label: 'Name', value: this.desk.floorName(), attrs: { maxlength: 64 } }],
      action: 'Save',
      refusal: (error) => this.#told(error),
      submit: async ({ name }) => {
        await request(this.#base(), { method: 'PATCH', body: { name } });
        await this.desk.reload();
      },
    });
  }

  #beginCut() {
    const [room] = this.#pickedRooms();
    const place = room && this.desk.scene?.places.get(room.number);
    if (!room || !place) return;
    this.#cutting = room;
    const half = Math.max(place.width * 1000, LEAST_CUT_MM) / 2;
    const ends = [-half, half].map((side) => ({ x: Math.round(place.x * 1000 + side), y: Math.round(place.y * 1000) }));
    this.desk.reveal();
    this.cut.replace([]);
    this.cut.add('cut', ends);
  }

  #endCut() {
    this.#cutting = null;
    this.cut.replace([]);
    this.desk.say('');
    this.split.focus();
  }

  async #split() {
    const [room, line] = [this.#cutting, this.cut.shapes[0]?.corners];
    if (!room || !line || this.confirm.getAttribute('aria-busy')) return;
    this.confirm.setAttribute('aria-busy', 'true');
    try {
      const target = `${this.#base()}/rooms/${encodeURIComponent(room.id)}/split`;
      await post(target, { line }, this.#condition());
      this.#endCut();
      await this.desk.reload();
      this.desk.say('The room is two now.');
    } catch (error) {
      this.desk.say(this.#told(error), 'alarm');
    }
    this.confirm.removeAttribute('aria-busy');
  }

  #condition() {
    return { 'If-Match': this.desk.scene?.data.tag ?? '' };
  }

  /** @param {unknown} error @returns {string} */
  #told(error) {
    if (isOutdated(error)) this.desk.reload();
    return refusalWords(error);
  }
}

/** @param {Room} room @returns {string} its type, unless its name says the same */
function typeWords({ name, type }) {
  const words = type ? ROOM_TYPES[type] : '';
  return words === name ? '' : words;
}
