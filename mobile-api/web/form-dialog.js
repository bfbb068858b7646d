/**
 * A dialog with a short form: it keeps what was typed when the server refuses it, and says why.
 */

import { explain } from './api.js';
import { el, say } from './dom.js';

/**
 * @typedef {object} Field
 * @property {string} name
 * @property {string} label
 * @property {string} [value]
 * @property {Record<string, string|number|boolean>} [attrs]
 * @property {string[][]} [options] values with their words, to choose one of
 *
 * @typedef {object} DialogOptions
 * @property {string} title
 * @property {string} text
 * @property {Field[]} [fields]
 * @property {import('./dom.js').Child[]} [content] what else can be chosen, below the fields
 * @property {string} action what the button says
 * @property {boolean} [danger]
 * @property {(values: Record<string, string>) => Promise<void>} submit
 * @property {{action: string, submit: () => Promise<void>}} [aside] another thing that can be done instead
 * @property {(error: unknown) => string} [refusal]
 */

/** The field of a code such as `ABCD-1234`. */
export const CODE_ATTRS = {
  maxlength: 24,
  autocapitalize: 'characters',
  spellcheck: 'false',
  placeholder: 'ABCD-1234',
  class: 'code-input',
};

/** @param {DialogOptions} options */
export function openFormDialog(options) {
  const { title, text, fields = [], content = [], action, danger = false, submit, aside, refusal = explain } = options;
  const message = el('p', { class: 'dialog-message', attrs: { role: 'alert' } });
  const confirm = el('button', {
    class: `button ${danger ? 'button-danger' : 'button-primary'}`,
    text: action,
    attrs: { type: 'submit' },
  });
  const cancel = el('button', {
    class: 'button',
    text: 'Cancel',
    attrs: { type: 'button' },
    on: { click: () => dialog.close() },
  });
  const instead =
    aside &&
    el('button', {
      class: 'button button-danger-quiet',
      text: aside.action,
      attrs: { type: 'submit', formnovalidate: true },
    });
  const form = el(
    'form',
    { on: { submit: onSubmit } },
    el('h2', { text: title, attrs: { id: 'dialog-title' } }),
    el('p', { class: 'muted', text }),
    ...fields.map(fieldRow),
    ...content,
    message,
    el('div', 'dialog-actions', cancel, confirm),
    instead,
  );
  const dialog = el(
    'dialog',
    { class: 'dialog', attrs: { 'aria-labelledby': 'dialog-title' }, on: { close: () => dialog.remove() } },
    form,
  );

  /** @param {SubmitEvent} event */
  async function onSubmit(event) {
    event.preventDefault();
    confirm.disabled = true;
    say(message, '');
    try {
      await (aside && event.submitter === instead ? aside.submit() : submit(valuesOf(form)));
      dialog.close();
    } catch (error) {
      say(message, refusal(error));
      confirm.disabled = false;
      form.querySelector('input')?.focus();
    }
  }

  document.body.append(dialog);
  dialog.showModal();
  form.querySelector('input')?.select();
}

/** @param {Field} field */
function fieldRow({ name, label, value = '', attrs = {}, options }) {
  const input = options
    ? el('select', { class: 'select', attrs: { name, ...attrs } }, ...options.map(optionOf))
    : el('input', { attrs: { name, required: true, autocomplete: 'off', ...attrs } });
  input.value = value;
  return el('label', 'field', el('span', { text: label }), input);
}

/** @param {string[]} option */
function optionOf([value = '', text = '']) {
  return el('option', { text, attrs: { value } });
}

/** @param {HTMLFormElement} form @returns {Record<string, string>} */
function valuesOf(form) {
  return Object.fromEntries([...new FormData(form)].map(([name, value]) => [name, String(value).trim()]));
}
