/**
 * The dialogs for an entry of a schedule and for quiet hours.
 */

import { el } from './dom.js';
import { refusalWords } from './floor-words.js';
import { openFormDialog } from './form-dialog.js';
import { segments } from './parts.js';
import { DAYS } from './schedule-words.js';

/** @typedef {import('./types.js').DoNotDisturb} DoNotDisturb */
/** @typedef {import('./types.js').EntryScope} EntryScope */
/** @typedef {import('./types.js').ScheduleEntry} ScheduleEntry */
/** @typedef {import('./schedule-words.js').NamedRoom} NamedRoom */

const TIME_ATTRS = { type: 'time', required: true };
const WORKDAYS = DAYS.slice(0, 5).map(([day]) => day);

/**
 * @param {ScheduleEntry|null} entry null for a new one
 * @param {NamedRoom[]} rooms
 * @param {(entry: ScheduleEntry) => Promise<void>} save
 * @param {() => Promise<void>} remove
 */
export function openEntryDialog(entry, rooms, save, remove) {
  const days = pills(
    'Days',
    DAYS.map(([id, name]) => ({ id, name })),
    entry?.days ?? WORKDAYS,
  );
  const where = wherePart(entry?.scope ?? { kind: 'whole_home' }, rooms);
  openFormDialog({
    title: entry ? 'Change a time' : 'Add a time',
    text: 'The robot starts by itself, with or without a connection.',
    fields: [{ name: 'at', label: 'Time', value: entry?.at ?? '09:00', attrs: TIME_ATTRS }],
    content: [days.node, where.node],
    action: 'Save',
    aside: entry ? { action: 'Remove', submit: remove } : undefined,
    refusal,
    submit: async ({ at = '' }) => {
      const chosen = /** @type {import('./types.js').Weekday[]} */ (days.chosen());
      if (chosen.length === 0) throw new Error('Choose a day.');
      await save({ id: entry?.id, enabled: entry?.enabled ?? true, at, days: chosen, scope: where.scope() });
    },
  });
}

/** @param {DoNotDisturb} quiet @param {(quiet: DoNotDisturb) => Promise<void>} save */
export function openQuietDialog(quiet, save) {
  openFormDialog({
    title: 'Quiet hours',
    text: 'Nothing starts then that nobody beside the robot asked for. Its button still works.',
    fields: [
      { name: 'from', label: 'From', value: quiet.from, attrs: TIME_ATTRS },
      { name: 'to', label: 'To', value: quiet.to, attrs: TIME_ATTRS },
    ],
    action: 'Save',
    refusal,
    submit: async ({ from = '', to = '' }) => {
      if (from === to) throw new Error('Choose an end that differs from the beginning.');
      await save({ enabled: true, from, to });
    },
  });
}

/**
 * @param {EntryScope} scope
 * @param {NamedRoom[]} rooms those that can be chosen; without any, what was chosen stays
 */
function wherePart(scope, rooms) {
  let kind = scope.kind;
  const choice = pills('Rooms', rooms, scope.kind === 'rooms' ? scope.rooms : []);
  const kinds = segments('Where', [['whole_home', 'Whole home'], ['rooms', 'Rooms']], (/** @type {typeof kind} */ to) =>
    show(to),
  );
  const show = (/** @type {typeof kind} */ to) => {
    kind = to;
    kinds.show(kind, rooms.length === 0);
    choice.node.hidden = kind !== 'rooms';
  };
  show(kind);
  return {
    node: el('div', 'pills-where', kinds.node, rooms.length > 0 && choice.node),
    /** @returns {EntryScope} */
    scope() {
      if (rooms.length === 0 || kind === 'whole_home') return kind === scope.kind ? scope : { kind: 'whole_home' };
      const chosen = choice.chosen();
      if (chosen.length === 0) throw new Error('Choose a room.');
      return { kind, rooms: chosen };
    },
  };
}

/** @param {unknown} error */
function refusal(error) {
  return error instanceof Error && error.constructor === Error ? error.message : refusalWords(error);
}

/**
 * @param {string} label
 * @param {{id: string, name: string}[]} options
 * @param {string[]} chosen
 */
function pills(label, options, chosen) {
  const boxes = options.map(({ id }) =>
    el('input', { attrs: { type: 'checkbox', value: id, checked: chosen.includes(id) } }),
  );
  const pill = (/** @type {HTMLInputElement} */ box, /** @type {number} */ index) =>
    el('label', 'pill', box, el('span', { text: options[index]?.name ?? '' }));
  return {
    node: el('fieldset', 'pills', el('legend', { text: label }), ...boxes.map(pill)),
    chosen: () => boxes.filter((box) => box.checked).map((box) => box.value),
  };
}
