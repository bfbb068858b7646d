/**
 * A shape in a list: choosing it shows its handles on the map, and it can be taken away.
 */

import { el, say, setAttributes } from './dom.js';
import { apart, squareMetres } from './geometry.js';
import { icon } from './icons.js';
import { isLine } from './shape-kinds.js';

/** @typedef {import('./shape-kinds.js').Shape & {name: string}} NamedShape */

/**
 * @param {NamedShape} shape
 * @param {import('./shape-editor.js').ShapeEditor} editor
 */
export function shapeRow(shape, editor) {
  const name = el('span', 'row-name');
  const figure = el('span', 'row-figure');
  const choose = el(
    'button',
    { class: 'row row-button', attrs: { type: 'button' }, on: { click: () => editor.choose(shape.id) } },
    el('span', { class: 'swatch', attrs: { 'data-swatch': shape.kind, 'aria-hidden': 'true' } }),
    name,
    figure,
  );
  const remove = el(
    'button',
    { class: 'icon-button', attrs: { type: 'button' }, on: { click: () => editor.remove(shape.id) } },
    icon('bin'),
  );
  return {
    node: el('li', 'row-pair', choose, remove),
    /** @param {NamedShape} now */
    update(now) {
      say(name, now.name);
      say(figure, sizeWords(now));
      setAttributes(choose, { 'aria-pressed': String(editor.chosen === now.id) });
      setAttributes(remove, { 'aria-label': `Remove ${now.name}`, title: `Remove ${now.name}` });
    },
  };
}

/** @param {NamedShape} shape */
function sizeWords({ kind, corners }) {
  const length = corners.slice(1).reduce((sum, to, index) => sum + apart(corners[index] ?? to, to), 0);
  return isLine(kind) ? `${(length / 1000).toFixed(1)} m` : `${squareMetres(corners).toFixed(1)} m²`;
}
