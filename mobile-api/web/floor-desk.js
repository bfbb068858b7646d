/**
 * What can be done with the floor on the map: clean it, name its rooms, set limits, look at what moves. Each has a tab,
 * and the tab says what the map shows and what a touch of it does.
 */

import { CleanPanel } from './clean-panel.js';
import { el, fill, say } from './dom.js';
import { FloorScene } from './floor-scene.js';
import { thingWords } from './floor-words.js';
import { LimitsPanel } from './limits-panel.js';
import { tabs } from './parts.js';
import { RoomsPanel } from './rooms-panel.js';
import { drawShape } from './shape-marks.js';
import { ThingsPanel } from './things-panel.js';

/** @typedef {import('./types.js').Robot} Robot */
/** @typedef {import('./types.js').Thing} Thing */
/** @typedef {'clean'|'rooms'|'limits'|'things'} Tab */
const NOTHING = 'Rooms, limits and the plan show here as soon as a run has drawn a map.';

/**
 * @typedef {(scene: FloorScene, context: CanvasRenderingContext2D, camera: import('./camera.js').Camera,
 *   palette: import('./palette.js').Palette) => void} Draw
 *
 * @typedef {object} Desk what a panel may ask of the desk that it lies on
 * @property {string} home
 * @property {import('./map-view.js').MapView} view
 * @property {FloorScene|null} scene
 * @property {string|null} thing the one that is shown
 * @property {() => void} reveal the map is needed now: it comes into sight and shows the floor
 * @property {() => void} refresh something was chosen or changed
 * @property {() => Promise<void>} reload what the server knows has changed
 * @property {(text: string, tone?: 'calm'|'alarm') => void} say
 * @property {(thing: Thing|null) => boolean} showThing whether there was one to show
 * @property {(version: number) => void} settingsChanged
 * @property {() => string} floorName
 * @property {() => boolean} isElsewhere whether the floor on the map is not the robot's
 */

/** @implements {Desk} */
export class FloorDesk {
  /** @type {FloorScene|null} */
  scene = null;
  /** @type {string|null} */
  thing = null;
  /** @type {Tab} */
  #tab = 'clean';
  #tints = '';
  #onMap = false;

  /**
   * @param {Robot} robot
   * @param {import('./overview.js').Known|null} known
   * @param {import('./map-panel.js').MapPanel} map
   * @param {{reload: () => Promise<void>, floorName: () => string, showFloor: () => void,
   *   onOrder: () => void}} options
   */
  constructor(robot, known, map, options) {
    this.robot = robot;
    this.home = robot.home;
    this.map = map;
    this.view = map.view;
    this.options = options;
    this.clean = new CleanPanel(this, known?.limits ?? '');
    this.limits = new LimitsPanel(robot.id, this);
    this.panels = {
      clean: this.clean,
      rooms: new RoomsPanel(this),
      limits: this.limits,
      things: new ThingsPanel(this),
    };
    this.tabs = tabs(
      'The map',
      /** @type {[Tab, string][]} */ ([
        ['clean', 'Clean'],
        ['rooms', 'Rooms'],
        ['limits', 'Limits'],
        ['things', 'Things'],
      ]),
      (tab) => this.#open(tab),
    );
    this.absence = el('p', 'desk-absence muted');
    this.message = el('p', { class: 'desk-message', attrs: { role: 'status' } });
    this.node = el(
      'section',
      { class: 'desk', attrs: { 'aria-label': 'This floor' } },
      this.absence,
      this.tabs.list,
      this.message,
      this.tabs.panel,
    );
    this.overlay = this.#overlay();
    this.#showAbsence('');
  }

  /** @param {import('./types.js').RobotSettings|null} settings as far as they are known */
  begin(settings) {
    this.limits.begin(settings);
  }

  dispose() {
    this.clean.dispose();
  }

  /** @param {import('./floor-data.js').FloorData|null} data null while nothing is known of the floor */
  show(data) {
    const dropped = data && this.scene?.data.floor === data.floor ? this.clean.choice.keep(data.rooms) : 0;
    this.scene = data && new FloorScene(data);
    this.#showAbsence(NOTHING);
    if (data === null) this.showThing(null);
    if (dropped > 0) this.say('A room that you had picked is gone: look at your choice again.', 'alarm');
    this.refresh();
  }

  /** @param {boolean} shown whether the map shows the floor, so that it can be touched */
  setOnMap(shown) {
    this.#onMap = shown;
    this.view.setOverlay(shown ? this.overlay : null);
    this.showThing(null);
  }

  reveal() {
    if (!this.#onMap) this.options.showFloor();
    this.view.reveal();
  }

  /** @param {Robot} robot */
  update(robot) {
    this.robot = robot;
    this.limits.follow(robot.settings_version.wanted);
    this.refresh();
  }

  refresh() {
    const { scene } = this;
    this.options.onOrder();
    if (!scene) return;
    const panel = this.panels[this.#tab];
    if (this.tabs.panel.firstChild !== panel.node) fill(this.tabs.panel, panel.node);
    this.tabs.show(this.#tab, (tab) => tab !== this.#tab && this.panels[tab].isUnsaved());
    panel.update(scene);
    this.#paint(panel.tints(scene));
    this.view.redraw();
  }

  reload() {
    return this.options.reload();
  }

  floorName() {
    return this.options.floorName();
  }

  /** @param {string} text @param {'calm'|'alarm'} [tone] */
  say(text, tone = 'calm') {
    say(this.message, text);
    this.message.dataset.tone = tone;
  }

  /** @param {Thing|null} thing */
  showThing(thing) {
    this.thing = thing?.id ?? null;
    this.map.note(thing ? `${thingWords(thing)}.` : '');
    if (this.scene) this.refresh();
    return thing !== null;
  }

  /** @param {number} version */
  settingsChanged(version) {
    this.clean.settingsChanged(version);
  }

  /** @returns {import('./clean-choice.js').Order} what a start means now */
  order() {
    return this.#isChoosable() ? this.clean.order() : { scope: { kind: 'whole_home' } };
  }

  /** @returns {string} */
  orderWords() {
    return this.#isChoosable() ? this.clean.orderWords() : '';
  }

  /** @returns {string} what is to be known before a start */
  remark() {
    return this.isElsewhere() ? `${this.robot.name} is on another floor: a start cleans that one.` : '';
  }

  /** @param {string} words in the place of tabs while nothing is known of the floor */
  #showAbsence(words) {
    const isAbsent = this.scene === null;
    this.absence.hidden = !isAbsent;
    this.tabs.list.hidden = this.tabs.panel.hidden = this.message.hidden = isAbsent;
    say(this.absence, words);
  }

  /** Whether the floor on the map is the one that the robot would clean. */
  #isChoosable() {
    return this.scene !== null && !this.isElsewhere();
  }

  isElsewhere() {
    return this.robot.floor !== null && this.scene !== null && this.scene.data.floor !== this.robot.floor;
  }

  /** @param {Tab} tab */
  #open(tab) {
    this.#tab = tab;
    this.say('');
    this.showThing(null);
    if (tab === 'limits') this.limits.load();
    this.refresh();
  }

  /** @param {import('./palette.js').Tints} tints */
  #paint(tints) {
    const text = JSON.stringify([...tints]);
    if (text === this.#tints) return;
    this.#tints = text;
    this.view.setTints(tints);
  }

  /** @returns {import('./map-view.js').Overlay} */
  #overlay() {
    const panel = () => this.panels[this.#tab];
    return {
      draw: (context, camera, palette) => {
        if (!this.scene) return;
        this.scene.drawThings(context, camera, palette, this.thing);
        if (this.#tab !== 'limits' && !this.isElsewhere()) {
          this.limits.editor.shapes.forEach((shape) => drawShape(context, camera, palette, shape));
        }
        panel().draw(this.scene, context, camera, palette);
      },
      tap: (at, reach) => {
        if (this.scene && !panel().tap(this.scene, at, reach)) this.showThing(null);
      },
      grab: (at, reach) => panel().grab(at, reach),
      press: (event) => panel().press(event),
    };
  }
}
