/**
 * Choosing what to clean: the whole home, rooms that are tapped or ticked, or zones; with the plan for it.
 */

import { CleanChoice } from './clean-choice.js';
import { el, fill, keepInStep, say } from './dom.js';
import { roomName } from './floor-data.js';
import { isOutdated, minutesWords, noPlanWords, planWords } from './floor-words.js';
import { rectangle, squareMetres } from './geometry.js';
import { segments, swatch, textButton } from './parts.js';
import { PlanFeed } from './plan-feed.js';
import { drawPlan } from './plan-marks.js';
import { roomRow } from './room-row.js';
import { ShapeEditor } from './shape-editor.js';
import { shapeRow } from './shape-row.js';

/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {import('./types.js').Room} Room */
/** @typedef {import('./floor-scene.js').FloorScene} FloorScene */
/** @typedef {import('./floor-desk.js').Desk} Desk */

const PATH_KEY = 'sweepline.path';

export class CleanPanel {
  /** @type {Map<string, ReturnType<typeof roomRow>>} */
  #rows = new Map();
  /** @type {Map<string, ReturnType<typeof shapeRow>>} */
  #zoneRows = new Map();
  #settingsVersion = 0;

  /** @param {Desk} desk @param {string} limits changes with the settings of any robot of the home */
  constructor(desk, limits) {
    this.desk = desk;
    this.choice = new CleanChoice();
    this.plan = new PlanFeed(desk.home, limits, () => this.#answered());
    this.zones = new ShapeEditor(() => desk.refresh());
    this.kinds = segments(
      'What to clean',
      [
        ['whole_home', 'Whole home'],
        ['rooms', 'Rooms'],
        ['zones', 'Zones'],
      ],
      (kind) => this.#choose(kind),
    );
    this.minutes = el('strong', 'plan-minutes');
    this.figures = el('span', 'plan-figures');
    this.summary = el('p', { class: 'plan-summary', attrs: { role: 'status' } }, this.minutes, ' ', this.figures);
    this.legs = el('ol', 'rows');
    this.list = el('ul', { class: 'rows', attrs: { 'aria-label': 'Rooms' } });
    this.zoneList = el('ul', { class: 'rows', attrs: { 'aria-label': 'Zones' } });
    this.addZone = textButton('Add a zone', 'button-quiet', () => this.#addZone(), 'plus');
    this.path = this.#pathBox();
    this.node = el(
      'div',
      'panel',
      this.kinds.node,
      this.summary,
      this.legs,
      this.list,
      this.zoneList,
      this.addZone,
      this.path.node,
    );
  }

  dispose() {
    this.plan.drop();
  }

  /** @param {number} version of the settings: restrictions change the plan */
  settingsChanged(version) {
    this.#settingsVersion = version;
  }

  /** @returns {import('./clean-choice.js').Order} */
  order() {
    return this.choice.order(this.desk.scene?.data.roomsVersion ?? 0, this.#zoneCorners());
  }

  /** @returns {string} what a start would clean, and for how long */
  orderWords() {
    const minutes = this.#planned()?.minutes;
    const words = this.choice.words(this.zones.shapes.length);
    return minutes === undefined ? words : `${words} · ${minutesWords(minutes)}`;
  }

  /** What the panel shows: on another floor than the robot's there is nothing to choose. */
  #kind() {
    return this.desk.isElsewhere() ? 'whole_home' : this.choice.kind;
  }

  /** @param {FloorScene} scene */
  update(scene) {
    this.choice.keep(scene.data.rooms);
    this.kinds.show(this.#kind(), this.desk.isElsewhere());
    this.#wantPlan(scene);
    this.#showSummary();
    const kind = this.#kind();
    this.legs.hidden = kind !== 'whole_home';
    this.list.hidden = kind !== 'rooms';
    this.zoneList.hidden = this.addZone.hidden = kind !== 'zones';
    this.path.node.hidden = kind === 'zones' || !this.#planned();
    this.#showLegs(scene);
    keepInStep(this.list, scene.data.rooms, this.#rows, (room) => roomRow(room, (id) => this.#toggle(id)));
    for (const room of scene.data.rooms) this.#showRow(scene, room);
    this.#showZones();
  }

  /** @param {FloorScene} scene */
  tints(scene) {
    const [kind, rooms] = [this.#kind(), this.choice.rooms];
    const isMeant = (/** @type {Room} */ { id }) => kind === 'whole_home' || (kind === 'rooms' && rooms.has(id));
    return scene.tints(kind === 'rooms' && rooms.size === 0 ? () => true : isMeant);
  }

  /** @type {import('./floor-desk.js').Draw} */
  draw(scene, context, camera, palette) {
    const plan = this.#planned();
    if (plan && this.path.input.checked) drawPlan(context, camera, palette, plan);
    if (this.#kind() === 'rooms') scene.drawChosen(context, camera, palette, this.choice.rooms);
    const order = plan?.legs.map(({ room }) => room) ?? [];
    scene.drawLabels(context, camera, palette, ({ id }) => {
      const leg = plan?.legs[order.indexOf(id)];
      return leg ? `${order.indexOf(id) + 1} · ${minutesWords(leg.minutes)}` : '';
    });
    if (this.#kind() === 'zones') this.zones.draw(context, camera, palette);
  }

  /** @param {FloorScene} scene @param {Corner} at @param {number} reach */
  tap(scene, at, reach) {
    if (this.#kind() === 'zones') return this.zones.tap(at, reach) || this.desk.showThing(scene.thingAt(at));
    if (this.desk.showThing(scene.thingAt(at))) return true;
    const room = this.desk.isElsewhere() ? null : scene.roomAt(at);
    if (room) this.#toggle(room.id);
    return room !== null;
  }

  /** @param {Corner} at @param {number} reach */
  grab(at, reach) {
    return this.#kind() === 'zones' ? this.zones.grab(at, reach) : null;
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    return this.#kind() === 'zones' && this.zones.press(event);
  }

  isUnsaved() {
    return false;
  }

  #zoneCorners() {
    return this.zones.shapes.map(({ corners }) => corners);
  }

  /** There is a plan, or a reason why there is none. */
  #answered() {
    if (isOutdated(this.plan.error)) this.desk.reload();
    this.desk.refresh();
  }

  /** The plan, unless it is of another choice. */
  #planned() {
    return this.#kind() === 'zones' || this.plan.waits ? null : this.plan.plan;
  }

  /** @param {import('./clean-choice.js').ChoiceKind} kind */
  #choose(kind) {
    this.choice.kind = kind;
    this.desk.refresh();
  }

  /** @param {string} room */
  #toggle(room) {
    this.choice.toggle(room);
    this.desk.refresh();
  }

  #addZone() {
    const { centre, metres } = this.desk.view.window();
    const side = Math.min(Math.max(metres * 0.3, 1), 3) * 1000;
    this.desk.reveal();
    this.zones.add('zone', rectangle(centre, side, side * 0.75));
    this.desk.say('Drag the zone into place and its corners to size. The arrow keys move it too.');
  }

  /** @param {FloorScene} scene */
  #wantPlan(scene) {
    const [kind, rooms] = [this.#kind(), this.choice.rooms];
    const { floor, version, roomsVersion } = scene.data;
    if (kind === 'zones' || (kind === 'rooms' && rooms.size === 0)) return this.plan.drop();
    this.plan.want(
      floor,
      kind === 'rooms' ? [...rooms].sort() : null,
      `${version}.${roomsVersion}.${this.#settingsVersion}`,
    );
  }

  #showSummary() {
    const { plan, error, waits } = this.plan;
    const known = this.#planned();
    this.summary.toggleAttribute('data-waits', waits);
    say(this.minutes, known ? minutesWords(known.minutes) : waits && plan ? minutesWords(plan.minutes) : '');
    say(this.figures, known ? planWords(known) : waits ? 'Planning…' : error ? noPlanWords(error) : this.#hint());
  }

  #hint() {
    if (this.#kind() === 'rooms') {
      const some = this.desk.scene?.data.rooms.length;
      return some
        ? 'Tap rooms on the map, or tick them here.'
        : 'No rooms are known yet: clean the whole home once more.';
    }
    const area = this.#zoneCorners().reduce((sum, corners) => sum + squareMetres(corners), 0);
    return area > 0 ? `${area.toFixed(1)} m² in zones` : 'Add a zone and put it where the robot shall clean.';
  }

  /** @param {FloorScene} scene */
  #showLegs(scene) {
    const legs = this.#kind() === 'whole_home' ? (this.#planned()?.legs ?? []) : [];
    const rows = legs.flatMap((leg, index) => {
      const room = scene.room(leg.room);
      const name = room ? roomName(room) : (leg.name ?? 'The rest');
      const row = el(
        'li',
        'row',
        el('span', { class: 'row-order', text: String(index + 1) }),
        room && swatch(scene.colour(room)),
        el('span', { class: 'row-name', text: name }),
        el('span', { class: 'row-figure', text: minutesWords(leg.minutes) }),
      );
      const stop = el('li', { class: 'row row-stop', text: 'Recharges at the dock' });
      return leg.recharge_first ? [stop, row] : [row];
    });
    fill(this.legs, ...rows);
  }

  /** @param {FloorScene} scene @param {Room} room */
  #showRow(scene, room) {
    const leg = this.#planned()?.legs.find((other) => other.room === room.id);
    const figure = leg ? minutesWords(leg.minutes) : `${room.area_m2.toFixed(1)} m²`;
    this.#rows.get(room.id)?.show(this.choice.rooms.has(room.id), figure, scene.colour(room));
  }

  #showZones() {
    const named = this.zones.shapes.map((shape, index) => ({ ...shape, name: `Zone ${index + 1}` }));
    keepInStep(this.zoneList, named, this.#zoneRows, (shape) => shapeRow(shape, this.zones));
  }

  #pathBox() {
    const input = el('input', { attrs: { type: 'checkbox' } });
    input.checked = localStorage.getItem(PATH_KEY) !== 'off';
    input.addEventListener('change', () => {
      localStorage.setItem(PATH_KEY, input.checked ? 'on' : 'off');
      this.desk.view.redraw();
    });
    return { input, node: el('label', 'check-row', input, el('span', { text: 'Show the path on the map' })) };
  }
}
