/**
 * The pages' own icons: strokes on a 24 × 24 field, in the colour of the text around them.
 */

const SVG = 'http://www.w3.org/2000/svg';

const PATHS = {
  back: ['M15 5l-7 7 7 7'],
  battery: ['M3 8.5h15v7H3z', 'M21 10.8v2.4'],
  bin: ['M5 7h14', 'M9.5 7V4.5h5V7', 'M6.5 7l1 12.5h9l1-12.5', 'M10.5 10.5v5.5', 'M13.5 10.5v5.5'],
  bolt: ['M13 3L6 13.5h5L10 21l8-11h-5.5z'],
  check: ['M5 12.5l4.5 4.5L19 7.5'],
  chevron: ['M9.5 6l6 6-6 6'],
  close: ['M6.5 6.5l11 11', 'M17.5 6.5l-11 11'],
  dock: ['M4 11l8-6.5 8 6.5', 'M6.5 9.5V19h11V9.5', 'M10 19v-4.5h4V19'],
  fit: ['M4.5 9V4.5H9', 'M15 4.5h4.5V9', 'M19.5 15v4.5H15', 'M9 19.5H4.5V15'],
  home: ['M4 11.5L12 5l8 6.5', 'M6.5 10v9h11v-9'],
  minus: ['M6 12h12'],
  offline: ['M4 4l16 16', 'M8.6 11.1A7 7 0 005.8 13', 'M12.2 9.9a7 7 0 016 3.1', 'M9.4 16.4a3.7 3.7 0 015.2 0'],
  out: ['M10 5H5.5v14H10', 'M14.5 8l4 4-4 4', 'M18.5 12H9.5'],
  pause: ['M8.5 6v12', 'M15.5 6v12'],
  play: ['M8 5.5l10.5 6.5L8 18.5z'],
  plus: ['M12 6v12', 'M6 12h12'],
  retry: ['M19 12a7 7 0 11-2.2-5.1', 'M19.3 3.8v4.4h-4.4'],
  robot: [
    'M12 3.5a8.5 8.5 0 100 17 8.5 8.5 0 000-17z',
    'M6.6 9.4a6 6 0 0110.8 0',
    'M12 11.2a2.6 2.6 0 100 5.2 2.6 2.6 0 000-5.2z',
  ],
  search: ['M11 4.5a6.5 6.5 0 100 13 6.5 6.5 0 000-13z', 'M15.8 15.8L20 20'],
  stop: ['M7 7h10v10H7z'],
  warning: ['M12 4.5L3.5 19.5h17z', 'M12 10v4.5', 'M12 17v.2'],
};

/** @typedef {keyof typeof PATHS} IconName */

/**
 * @param {IconName} name
 * @param {string} [className]
 * @returns {SVGSVGElement} hidden from assistive technology: the words beside it say the same
 */
export function icon(name, className = '') {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 24 24');
  svg.setAttribute('class', `icon ${className}`.trim());
  svg.setAttribute('aria-hidden', 'true');
  for (const line of PATHS[name]) {
    const shape = document.createElementNS(SVG, 'path');
    shape.setAttribute('d', line);
    svg.append(shape);
  }
  return svg;
}
