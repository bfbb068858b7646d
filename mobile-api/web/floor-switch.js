/**
 * Which floor the map shows, or the run that goes on; nothing to see while there is no choice.
 */

import { el, fill, setAttributes } from './dom.js';

/** @typedef {{id: string, name: string}} View */

/** @param {(id: string) => void} onChoose */
export function floorSwitch(onChoose) {
  const select = el('select', {
    class: 'floor-switch',
    attrs: { 'aria-label': 'Floor', hidden: true },
    on: { change: () => onChoose(select.value) },
  });
  let known = '';
  return {
    node: select,
    /** @param {View[]} views @param {string|null} chosen */
    update(views, chosen) {
      select.hidden = views.length < 2;
      const text = JSON.stringify(views);
      if (text !== known)
        fill(select, ...views.map(({ id, name }) => el('option', { text: name, attrs: { value: id } })));
      known = text;
      select.value = chosen ?? '';
      setAttributes(select, { 'data-empty': select.selectedIndex < 0 });
    },
  };
}
