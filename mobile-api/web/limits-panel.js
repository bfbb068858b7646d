/**
 * Where the robot must not go or not mop: drawn on the map, and saved together.
 */

import { Problem } from './api.js';
import { el, keepInStep, say, setAttributes } from './dom.js';
import { refusalWords } from './floor-words.js';
import { rectangle } from './geometry.js';
import { textButton } from './parts.js';
import { isSame, loadSettings, merged, saveRestrictions, tagged } from './robot-settings.js';
import { ShapeEditor } from './shape-editor.js';
import { shapeRow } from './shape-row.js';

/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {import('./types.js').Restriction} Restriction */
/** @typedef {import('./types.js').RestrictionKind} RestrictionKind */

const NAMES = /** @type {Record<RestrictionKind, string>} */ ({
  no_go_zone: 'No-go zone',
  no_mop_zone: 'No-mop zone',
  virtual_wall: 'Virtual wall',
});

export class LimitsPanel {
  /** @type {import('./robot-settings.js').KnownSettings|null} */
  #known = null;
  /** @type {Map<string, ReturnType<typeof shapeRow>>} */
  #rows = new Map();
  #saving = false;
  #followed = 0;

  /**
   * @param {string} robot
   * @param {import('./floor-desk.js').Desk} desk
   */
  constructor(robot, desk) {
    this.robot = robot;
    this.desk = desk;
    this.editor = new ShapeEditor(() => desk.refresh());
    this.adds = Object.entries(NAMES).map(([kind, name]) =>
      textButton(name, 'add-button', () => this.#add(/** @type {RestrictionKind} */ (kind)), 'plus'),
    );
    this.none = el('p', {
      class: 'muted',
      text: 'Nothing is off limits. Add a zone or a wall and drag it into place.',
    });
    this.list = el('ul', { class: 'rows', attrs: { 'aria-label': 'Limits' } });
    this.save = textButton('Save', 'button-primary', () => this.#save());
    this.discard = textButton('Discard', '', () => this.#discard());
    this.actions = el('div', 'panel-actions', this.discard, this.save);
    this.away = el('p', 'panel-away');
    this.body = el('div', 'panel', el('div', 'add-buttons', ...this.adds), this.actions, this.none, this.list);
    this.node = el('div', {}, this.away, this.body);
  }

  /** @param {import('./types.js').RobotSettings|null} settings as far as they are known */
  begin(settings) {
    if (settings) this.#take(tagged(settings));
    else this.load();
  }

  /** Reads the settings, unless changes wait here to be saved. */
  async load() {
    if (this.isUnsaved()) return;
    try {
      this.#take(await loadSettings(this.robot));
    } catch (error) {
      this.desk.say(refusalWords(error), 'alarm');
    }
  }

  /** @param {number} version that the robot's settings have by now */
  follow(version) {
    const isNews = this.#known !== null && version > this.#known.settings.version && version !== this.#followed;
    this.#followed = version;
    if (isNews) this.load();
  }

  update() {
    say(
      this.away,
      this.desk.isElsewhere() ? 'The robot is on another floor: choose that one to change its limits.' : '',
    );
    this.body.hidden = this.desk.isElsewhere();
    const counts = /** @type {Record<string, number>} */ ({});
    const named = this.editor.shapes.map((shape) => {
      const kind = /** @type {RestrictionKind} */ (shape.kind);
      counts[kind] = (counts[kind] ?? 0) + 1;
      return { ...shape, name: `${NAMES[kind]} ${counts[kind]}` };
    });
    keepInStep(this.list, named, this.#rows, (shape) => shapeRow(shape, this.editor));
    this.none.hidden = named.length > 0 || this.#known === null;
    this.actions.hidden = !this.isUnsaved();
    this.adds.forEach((button) => setAttributes(button, { disabled: this.#known === null }));
    setAttributes(this.save, { 'aria-busy': this.#saving && 'true' });
  }

  /** @param {import('./floor-scene.js').FloorScene} scene */
  tints(scene) {
    return scene.tints(() => false);
  }

  /** @type {import('./floor-desk.js').Draw} */
  draw(scene, context, camera, palette) {
    scene.drawLabels(context, camera, palette, () => '');
    if (!this.desk.isElsewhere()) this.editor.draw(context, camera, palette);
  }

  /** @param {unknown} _scene @param {Corner} at @param {number} reach */
  tap(_scene, at, reach) {
    return !this.desk.isElsewhere() && this.editor.tap(at, reach);
  }

  /** @param {Corner} at @param {number} reach */
  grab(at, reach) {
    return this.desk.isElsewhere() ? null : this.editor.grab(at, reach);
  }

  /** @param {KeyboardEvent} event */
  press(event) {
    return this.editor.press(event);
  }

  /** @returns {boolean} whether the shapes differ from the robot's settings */
  isUnsaved() {
    return this.#known !== null && !isSame(this.#known.settings.restrictions, this.#drawn());
  }

  /** @returns {Restriction[]} */
  #drawn() {
    return this.editor.shapes.map(({ kind, corners }) => ({ kind: /** @type {RestrictionKind} */ (kind), corners }));
  }

  /** @param {RestrictionKind} kind */
  #add(kind) {
    const { centre, metres } = this.desk.view.window();
    const side = Math.min(Math.max(metres * 0.25, 0.8), 2) * 1000;
    const line = [
      { x: Math.round(centre.x - side / 2), y: centre.y },
      { x: Math.round(centre.x + side / 2), y: centre.y },
    ];
    this.desk.reveal();
    this.editor.add(kind, kind === 'virtual_wall' ? line : rectangle(centre, side, side));
    this.desk.say('Drag it into place and its corners to size. The arrow keys move it too.');
  }

  /** @param {import('./robot-settings.js').KnownSettings} known @param {Restriction[]} [shown] */
  #take(known, shown = known.settings.restrictions) {
    this.#known = known;
    this.desk.settingsChanged(known.settings.version);
    this.editor.replace(shown);
  }

  #discard() {
    if (this.#known) this.#take(this.#known);
    this.desk.say('');
  }

  async #save() {
    if (!this.#known || this.#saving) return;
    this.#saving = true;
    this.update();
    try {
      this.#saved(await saveRestrictions(this.robot, this.#known, this.#drawn()));
    } catch (error) {
      await this.#refused(error);
    }
    this.#saving = false;
    this.update();
  }

  /** @param {import('./robot-settings.js').KnownSettings} known */
  #saved(known) {
    this.#take(known);
    this.desk.say('Saved. The robot heeds it from now on, or as soon as it is connected.');
  }

  /** @param {unknown} error */
  async #refused(error) {
    if (!(error instanceof Problem) || error.status !== 412 || !this.#known) {
      return this.desk.say(`Not saved: ${refusalWords(error)}`, 'alarm');
    }
    const [base, mine] = [this.#known.settings.restrictions, this.#drawn()];
    try {
      const known = await loadSettings(this.robot);
      const theirs = known.settings.restrictions;
      // The version also grows when the robot is told of a newer map.
      if (isSame(base, theirs)) return this.#saved(await saveRestrictions(this.robot, known, mine));
      this.#take(known, merged(base, theirs, mine));
      this.desk.say(
        'Not saved: somebody else changed the limits meanwhile. Theirs are loaded, and yours are still here: ' +
          'look at the map, then save again.',
        'alarm',
      );
    } catch (failure) {
      this.desk.say(`Not saved: ${refusalWords(failure)}`, 'alarm');
    }
  }
}
