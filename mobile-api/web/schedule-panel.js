/**
 * When the robot cleans by itself, when it shall not disturb, and whether its buttons are locked. All of it lives on
 * the robot; what is changed here reaches it when it is connected.
 */

import { el, keepInStep, say, setAttributes } from './dom.js';
import { refusalWords } from './floor-words.js';
import { switchButton, textButton } from './parts.js';
import { changeSettings, loadSettings, tagged } from './robot-settings.js';
import { openEntryDialog, openQuietDialog } from './schedule-dialog.js';
import { byTime, daysWords, quietWords, skippedWords, whereWords } from './schedule-words.js';

/** @typedef {import('./types.js').RobotSettings} RobotSettings */
/** @typedef {import('./types.js').ScheduleEntry} ScheduleEntry */
/** @typedef {import('./schedule-words.js').NamedRoom} NamedRoom */
/** @typedef {(settings: RobotSettings) => Partial<RobotSettings>} Change */

const MOST_ENTRIES = 16;

export class SchedulePanel {
  /** @type {import('./robot-settings.js').KnownSettings|null} */
  #known = null;
  /** @type {Map<string, ReturnType<typeof entryRow>>} */
  #rows = new Map();
  /** @type {NamedRoom[]} */
  #rooms = [];
  #followed = 0;

  /** @param {string} robot */
  constructor(robot) {
    this.robot = robot;
    this.list = el('ul', { class: 'times', attrs: { 'aria-label': 'Times' } });
    this.none = el('p', { class: 'muted', text: 'It starts only when somebody asks. Add a time, and it starts itself.' });
    this.skipped = el('p', { class: 'schedule-note', attrs: { role: 'status' } });
    this.add = textButton('Add a time', 'add-button', () => this.#edit(null), 'plus');
    this.zone = el('p', 'muted schedule-zone');
    this.quiet = settingRow('Quiet hours', () => this.#editQuiet(), (on) => this.#setQuiet(on));
    this.lock = settingRow('Child lock', null, (on) => this.#change(() => ({ child_lock: on })));
    this.message = el('p', { class: 'schedule-note', attrs: { role: 'alert', 'data-tone': 'alarm' } });
    this.body = el(
      'div',
      { class: 'schedule', attrs: { hidden: true } },
      this.skipped,
      this.none,
      this.list,
      this.add,
      this.zone,
      el('ul', 'times', this.quiet.node, this.lock.node),
      this.message,
    );
    this.node = el(
      'section',
      { class: 'side-card', attrs: { 'aria-label': 'Schedule' } },
      el('h2', { text: 'Schedule' }),
      this.body,
    );
  }

  /** @param {RobotSettings|null} settings as far as they are known */
  begin(settings) {
    if (settings) this.#take(tagged(settings));
    else this.#load();
  }

  /** @param {NamedRoom[]} rooms of the floor that is shown */
  showRooms(rooms) {
    this.#rooms = rooms;
    this.#show();
  }

  /** @param {import('./types.js').Robot} robot */
  update({ settings_version: { wanted } }) {
    const isNews = this.#known !== null && wanted > this.#known.settings.version && wanted !== this.#followed;
    this.#followed = wanted;
    if (isNews) this.#load();
  }

  async #load() {
    try {
      this.#take(await loadSettings(this.robot));
    } catch (error) {
      say(this.message, refusalWords(error));
    }
  }

  /** @param {import('./robot-settings.js').KnownSettings} known */
  #take(known) {
    this.#known = known;
    say(this.message, '');
    this.#show();
  }

  #show() {
    if (!this.#known) return;
    const { schedule, do_not_disturb: quiet, ...settings } = this.#known.settings;
    this.body.hidden = false;
    this.none.hidden = schedule.length > 0;
    const entries = byTime(schedule).map((entry) => ({ ...entry, id: entry.id ?? '' }));
    const act = { edit: (/** @type {ScheduleEntry} */ entry) => this.#edit(entry), enable: this.#enable.bind(this) };
    keepInStep(this.list, entries, this.#rows, () => entryRow(() => this.#rooms, act));
    setAttributes(this.add, { disabled: schedule.length >= MOST_ENTRIES });
    say(this.skipped, skippedWords(settings.skipped));
    say(this.zone, schedule.length > 0 || quiet.enabled ? `Times are those of ${settings.time_zone}.` : '');
    this.quiet.show(quiet.enabled, quiet.enabled ? quietWords(quiet) : 'Off');
    this.lock.show(settings.child_lock && !settings.child_lock_lifted, lockWords(settings));
  }

  /** @param {ScheduleEntry|null} entry */
  #edit(entry) {
    const others = (/** @type {RobotSettings} */ { schedule }) => schedule.filter(({ id }) => id !== entry?.id);
    openEntryDialog(
      entry,
      this.#rooms,
      (edited) => this.#save((settings) => ({ ...zoneOf(settings), schedule: [...others(settings), edited] })),
      () => this.#save((settings) => ({ schedule: others(settings) })),
    );
  }

  /** @param {ScheduleEntry} entry @param {boolean} enabled */
  #enable(entry, enabled) {
    const changed = (/** @type {ScheduleEntry} */ one) => (one.id === entry.id ? { ...one, enabled } : one);
    this.#change(({ schedule }) => ({ schedule: schedule.map(changed) }));
  }

  #editQuiet() {
    if (!this.#known) return;
    openQuietDialog(this.#known.settings.do_not_disturb, (quiet) =>
      this.#save((settings) => ({ ...zoneOf(settings), do_not_disturb: quiet })),
    );
  }

  /** @param {boolean} enabled */
  #setQuiet(enabled) {
    this.#change((settings) => ({
      ...zoneOf(settings),
      do_not_disturb: { ...settings.do_not_disturb, enabled },
    }));
  }

  /** Saves what a switch says, and shows what holds if that fails. @param {Change} change */
  async #change(change) {
    try {
      await this.#save(change);
    } catch (error) {
      this.#show();
      say(this.message, `Not saved: ${refusalWords(error)}`);
    }
  }

  /** @param {Change} change */
  async #save(change) {
    if (this.#known) this.#take(await changeSettings(this.robot, this.#known, change));
  }
}

/** The zone of who sets the first time; later ones stay in it. @param {RobotSettings} settings */
function zoneOf({ schedule, do_not_disturb: quiet, time_zone }) {
  const here = new Intl.DateTimeFormat().resolvedOptions().timeZone;
  return { time_zone: schedule.length > 0 || quiet.enabled ? time_zone : here };
}

/** @param {Pick<RobotSettings, 'child_lock'|'child_lock_lifted'>} settings */
function lockWords({ child_lock: locked, child_lock_lifted: lifted }) {
  if (lifted) return 'Lifted at the robot';
  return locked ? 'The button only stops' : 'Off';
}

/**
 * @param {() => NamedRoom[]} rooms
 * @param {{edit: (entry: ScheduleEntry) => void, enable: (entry: ScheduleEntry, on: boolean) => void}} act
 */
function entryRow(rooms, act) {
  /** @type {ScheduleEntry} */
  let shown;
  const time = el('span', 'time-clock');
  const words = el('span', 'time-words');
  const edit = el(
    'button',
    { class: 'time-edit', attrs: { type: 'button' }, on: { click: () => act.edit(shown) } },
    time,
    words,
  );
  const toggle = switchButton((on) => act.enable(shown, on));
  return {
    node: el('li', 'time-row', edit, toggle.node),
    /** @param {ScheduleEntry} entry */
    update(entry) {
      shown = entry;
      say(time, entry.at);
      say(words, `${daysWords(entry.days)} · ${whereWords(entry, rooms())}`);
      toggle.show(entry.enabled, `${entry.at}, ${daysWords(entry.days)}`);
    },
  };
}

/**
 * @param {string} name
 * @param {(() => void)|null} edit
 * @param {(on: boolean) => void} change
 */
function settingRow(name, edit, change) {
  const words = el('span', 'time-words');
  const label = [el('span', { class: 'time-name', text: name }), words];
  const head = edit
    ? el('button', { class: 'time-edit', attrs: { type: 'button' }, on: { click: edit } }, ...label)
    : el('div', 'time-edit', ...label);
  const toggle = switchButton(change);
  return {
    node: el('li', 'time-row', head, toggle.node),
    /** @param {boolean} on @param {string} text */
    show(on, text) {
      say(words, text);
      toggle.show(on, name);
    },
  };
}
