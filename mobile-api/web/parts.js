/**
 * Parts that several panels are made of: buttons, a row of choices of which one holds, and tabs.
 */

import { el, setAttributes } from './dom.js';
import { icon } from './icons.js';

/**
 * @param {string} text
 * @param {string} className
 * @param {() => void} act
 * @param {import('./icons.js').IconName} [mark]
 */
export function textButton(text, className, act, mark) {
  return el(
    'button',
    { class: `button ${className}`.trim(), attrs: { type: 'button' }, on: { click: act } },
    mark && icon(mark),
    text,
  );
}

/**
 * @template {string} T
 * @param {string} label
 * @param {[T, string][]} options
 * @param {(option: T) => void} onChoose
 */
export function segments(label, options, onChoose) {
  const buttons = options.map(([option, text]) =>
    el('button', { class: 'segment', text, attrs: { type: 'button' }, on: { click: () => onChoose(option) } }),
  );
  return {
    node: el('div', { class: 'segments', attrs: { role: 'group', 'aria-label': label } }, ...buttons),
    /** @param {T} chosen @param {boolean} fixed whether another cannot be chosen now */
    show(chosen, fixed) {
      buttons.forEach((button, index) =>
        setAttributes(button, { 'aria-pressed': String(options[index]?.[0] === chosen), disabled: fixed }),
      );
    },
  };
}

/**
 * Tabs after the ARIA pattern: one of them is in the page's order of focus, the arrow keys go to the others.
 *
 * @template {string} T
 * @param {string} label
 * @param {[T, string][]} options
 * @param {(option: T) => void} onChoose
 */
export function tabs(label, options, onChoose) {
  const panel = el('div', { class: 'tab-panel', attrs: { role: 'tabpanel' } });
  const buttons = options.map(([option, text]) =>
    el('button', {
      class: 'tab',
      text,
      attrs: { type: 'button', role: 'tab' },
      on: { click: () => onChoose(option) },
    }),
  );
  const list = el('div', { class: 'tabs', attrs: { role: 'tablist', 'aria-label': label } }, ...buttons);
  list.addEventListener('keydown', (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    const next = buttons.at((buttons.indexOf(/** @type {HTMLButtonElement} */ (event.target)) + step) % buttons.length);
    next?.focus();
    next?.click();
  });
  return {
    list,
    panel,
    /** @param {T} chosen @param {(option: T) => boolean} isUnsaved */
    show(chosen, isUnsaved) {
      options.forEach(([option, text], index) => {
        const isChosen = option === chosen;
        setAttributes(/** @type {Element} */ (buttons[index]), {
          'aria-selected': String(isChosen),
          tabindex: isChosen ? 0 : -1,
          'data-unsaved': isUnsaved(option),
        });
        if (isChosen) setAttributes(panel, { 'aria-label': text });
      });
    },
  };
}

/**
 * A switch that says at once what is wanted; {@link show} says what holds.
 *
 * @param {(on: boolean) => void} onChange
 */
export function switchButton(onChange) {
  const isOn = () => node.getAttribute('aria-checked') === 'true';
  const flip = () => {
    setAttributes(node, { 'aria-checked': String(!isOn()) });
    onChange(isOn());
  };
  const node = el('button', { class: 'switch', attrs: { type: 'button', role: 'switch' }, on: { click: flip } });
  return {
    node,
    /** @param {boolean} on @param {string} label */
    show(on, label) {
      setAttributes(node, { 'aria-checked': String(on), 'aria-label': label });
    },
  };
}

/** @param {string} colour a name of the palette, such as `room-2` */
export function swatch(colour) {
  return el('span', { class: 'swatch', attrs: { 'data-swatch': colour, 'aria-hidden': 'true' } });
}
