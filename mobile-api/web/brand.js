/**
 * The mark of the product: a robot at the end of the line that it swept.
 */

const SVG = 'http://www.w3.org/2000/svg';

/** @param {string} className */
export function brand(className) {
  const svg = document.createElementNS(SVG, 'svg');
  svg.setAttribute('viewBox', '0 0 32 32');
  svg.setAttribute('class', `brand ${className}`);
  svg.setAttribute('aria-hidden', 'true');
  svg.append(
    shape('rect', { width: 32, height: 32, rx: 8, class: 'brand-field' }),
    shape('path', { d: 'M7 20c4-9 7 3 11-3s4-6 7-6', class: 'brand-line' }),
    shape('circle', { cx: 24, cy: 11, r: 4.2, class: 'brand-robot' }),
  );
  return svg;
}

/**
 * @param {string} name
 * @param {Record<string, string|number>} attributes
 */
function shape(name, attributes) {
  const node = document.createElementNS(SVG, name);
  Object.entries(attributes).forEach(([key, value]) => node.setAttribute(key, String(value)));
  return node;
}
