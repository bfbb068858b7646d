/**
 * How zones, restrictions and cuts look on the map: told apart by pattern as well as by colour.
 */

import { isLine } from './shape-kinds.js';

/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {import('./shape-kinds.js').Shape} Shape */
/** @typedef {import('./shape-kinds.js').ShapeKind} ShapeKind */
/** @typedef {CanvasRenderingContext2D} Context */

/**
 * @typedef {object} Style
 * @property {string} colour a name of the palette
 * @property {number[]} dash
 * @property {number} hatch which way the hatching leans: 1, -1, or 0 for none
 * @property {number} width of the outline, CSS pixels
 */

const STYLES = /** @type {Record<ShapeKind, Style>} */ ({
  zone: { colour: 'zone', dash: [], hatch: 0, width: 2 },
  no_go_zone: { colour: 'no-go', dash: [], hatch: 1, width: 2 },
  no_mop_zone: { colour: 'no-mop', dash: [6, 4], hatch: -1, width: 2 },
  virtual_wall: { colour: 'no-go', dash: [], hatch: 0, width: 5 },
  cut: { colour: 'chosen', dash: [9, 6], hatch: 0, width: 3 },
});
const HATCH_PX = 9;
const HANDLE_PX = 7;

/**
 * @param {Context} context
 * @param {import('./camera.js').Camera} camera
 * @param {import('./palette.js').Palette} palette
 * @param {{kind: ShapeKind, corners: Corner[]}} shape
 * @param {boolean} [chosen]
 */
export function drawShape(context, camera, palette, { kind, corners }, chosen = false) {
  const { colour, dash, hatch, width } = STYLES[kind];
  const points = corners.map(({ x, y }) => camera.toScreen(x / 1000, y / 1000));
  context.save();
  context.strokeStyle = context.fillStyle = palette[colour] ?? '';
  context.lineCap = context.lineJoin = 'round';
  trace(context, points, !isLine(kind));
  if (!isLine(kind)) {
    context.globalAlpha = chosen ? 0.3 : 0.16;
    context.fill();
    context.globalAlpha = 0.55;
    if (hatch !== 0) hatchInside(context, points, hatch);
    trace(context, points, true);
  }
  context.globalAlpha = 1;
  context.setLineDash(dash);
  context.lineWidth = chosen ? width + 1 : width;
  context.stroke();
  context.restore();
}

/**
 * @param {Context} context
 * @param {import('./camera.js').Camera} camera
 * @param {import('./palette.js').Palette} palette
 * @param {Shape} shape
 */
export function drawHandles(context, camera, palette, { kind, corners }) {
  context.save();
  context.fillStyle = palette.handle ?? '';
  context.strokeStyle = palette[STYLES[kind].colour] ?? '';
  context.lineWidth = 3;
  for (const { x, y } of corners) {
    context.beginPath();
    context.arc(...camera.toScreen(x / 1000, y / 1000), HANDLE_PX, 0, 2 * Math.PI);
    context.fill();
    context.stroke();
  }
  context.restore();
}

/** @param {Context} context @param {[number, number][]} points @param {boolean} closed */
export function trace(context, points, closed) {
  context.beginPath();
  for (const point of points) context.lineTo(...point);
  if (closed) context.closePath();
}

/**
 * Hatches the path that was traced last.
 *
 * @param {Context} context
 * @param {[number, number][]} points
 * @param {number} lean
 */
function hatchInside(context, points, lean) {
  const [xs, ys] = [points.map(([x]) => x), points.map(([, y]) => y)];
  const [left, right, top, bottom] = [Math.min(...xs), Math.max(...xs), Math.min(...ys), Math.max(...ys)];
  const high = bottom - top;
  context.save();
  context.clip();
  context.lineWidth = 1.5;
  context.beginPath();
  for (let x = left - high; x < right + high; x += HATCH_PX) {
    context.moveTo(x, bottom);
    context.lineTo(x + lean * high, top);
  }
  context.stroke();
  context.restore();
}
