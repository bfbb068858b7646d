/**
 * Shapes on the map that a person adds, moves, pulls at their corners, and takes away, by finger, mouse or keys.
 */

import { apart, contains, distanceToLine, middle, pulled, shifted } from './geometry.js';
import { isLine } from './shape-kinds.js';
import { drawHandles, drawShape } from './shape-marks.js';

/** @typedef {import('./types.js').Corner} Corner */
/** @typedef {import('./map-view.js').Drag} Drag */
/** @typedef {import('./shape-kinds.js').Shape} Shape */
/** @typedef {import('./shape-kinds.js').ShapeKind} ShapeKind */

/** How far a key moves a shape or its last corner, in millimetres. */
const KEY_MM = 100;
/** The least sides of a polygon that is pulled, in millimetres: less than a robot is wide means nothing to it. */
const LEAST_SIDE_MM = 200;
const STEPS = /** @type {Record<string, [number, number]>} */ ({
  ArrowLeft: [-KEY_MM, 0],
  ArrowRight: [KEY_MM, 0],
  ArrowUp: [0, KEY_MM],
  ArrowDown: [0, -KEY_MM],
});

export class ShapeEditor {
  /** @type {Shape[]} */
  shapes = [];
  /** @type {string|null} */
  chosen = null;
  #made = 0;

  /** @param {() => void} onChange a shape was added, changed, chosen or taken away */
  constructor(onChange) {
    this.onChange = onChange;
  }

  /** @param {{kind: ShapeKind, corners: Corner[]}[]} shapes to take the place of all; none of them is chosen */
  replace(shapes) {
    this.shapes = shapes.map((shape) => this.#named(shape));
    this.choose(null);
  }

  /** @param {ShapeKind} kind @param {Corner[]} corners */
  add(kind, corners) {
    const shape = this.#named({ kind, corners });
    this.shapes = [...this.shapes, shape];
    this.choose(shape.id);
  }

  /** @param {string} id */
  remove(id) {
    this.shapes = this.shapes.filter((shape) => shape.id !== id);
    this.choose(this.chosen === id ? null : this.chosen);
  }

  /** @param {string|null} id */
  choose(id) {
    this.chosen = id;
    this.onChange();
  }

  /** @param {Corner} at @param {number} reach @returns {boolean} whether a shape lies there and is chosen now */
  tap(at, reach) {
    const hit = this.shapes.findLast((shape) => isHit(shape, at, reach));
    this.choose(hit?.id ?? null);
    return hit !== undefined;
  }

  /** @param {Corner} at @param {number} reach @returns {Drag|null} of the chosen shape or one of its corners */
  grab(at, reach) {
    const shape = this.#chosenShape();
    if (!shape) return null;
    const corner = nearest(shape.corners, at);
    const from = shape.corners[corner];
    if (from && apart(from, at) <= reach) {
      return this.#drag(({ x, y }) => pulled(shape.corners, corner, { x: from.x + x - at.x, y: from.y + y - at.y }));
    }
    if (!isHit(shape, at, reach)) return null;
    return this.#drag(({ x, y }) => shifted(shape.corners, x - at.x, y - at.y));
  }

  /** @param {KeyboardEvent} event @returns {boolean} */
  press({ key, shiftKey }) {
    const shape = this.#chosenShape();
    if (!shape) return false;
    const step = STEPS[key];
    const pulledCorner = isLine(shape.kind) ? shape.corners.length - 1 : 2;
    if (key === 'Escape') this.choose(null);
    else if (key === 'Delete' || key === 'Backspace') this.remove(shape.id);
    else if (step && shiftKey) this.#reshape(shape.id, pulledBy(shape.corners, pulledCorner, step));
    else if (step) this.#reshape(shape.id, shifted(shape.corners, ...step));
    else return false;
    return true;
  }

  /**
   * @param {CanvasRenderingContext2D} context
   * @param {import('./camera.js').Camera} camera
   * @param {import('./palette.js').Palette} palette
   */
  draw(context, camera, palette) {
    for (const shape of this.shapes) drawShape(context, camera, palette, shape, shape.id === this.chosen);
    const shape = this.#chosenShape();
    if (shape) drawHandles(context, camera, palette, shape);
  }

  /** @param {(to: Corner) => Corner[]} reshaped @returns {Drag} */
  #drag(reshaped) {
    const id = this.chosen ?? '';
    return { move: (to) => this.#reshape(id, reshaped(to)), drop: () => this.onChange() };
  }

  /** @param {string} id @param {Corner[]} corners */
  #reshape(id, corners) {
    const shape = this.shapes.find((other) => other.id === id);
    if (!shape || (!isLine(shape.kind) && isTooThin(corners))) return;
    this.shapes = this.shapes.map((other) => (other.id === id ? { ...other, corners } : other));
    this.onChange();
  }

  #chosenShape() {
    return this.shapes.find(({ id }) => id === this.chosen) ?? null;
  }

  /** @param {{kind: ShapeKind, corners: Corner[]}} shape @returns {Shape} */
  #named({ kind, corners }) {
    this.#made += 1;
    return { id: `shape-${this.#made}`, kind, corners };
  }
}

/** @param {Shape} shape @param {Corner} at @param {number} reach */
function isHit({ kind, corners }, at, reach) {
  return isLine(kind) ? distanceToLine(corners, at) <= reach : contains(corners, at);
}

/** @param {Corner[]} corners @param {Corner} at */
function nearest(corners, at) {
  const distances = corners.map((corner) => apart(corner, at));
  return distances.indexOf(Math.min(...distances));
}

/** @param {Corner[]} corners @param {number} index @param {[number, number]} step */
function pulledBy(corners, index, [dx, dy]) {
  const { x, y } = corners[index] ?? middle(corners);
  return pulled(corners, index, { x: x + dx, y: y + dy });
}

/** @param {Corner[]} corners */
function isTooThin(corners) {
  const [xs, ys] = [corners.map(({ x }) => x), corners.map(({ y }) => y)];
  const least = Math.min(Math.max(...xs) - Math.min(...xs), Math.max(...ys) - Math.min(...ys));
  return least < LEAST_SIDE_MM;
}
