/**
 * Where the map is looked at from: a point in metres at the middle of the canvas, and pixels per metre.
 */

const LEAST_SCALE = 4;
const MOST_SCALE = 400;
/** A map of a metre or two is not blown up beyond this when it is fitted. */
const MOST_FITTED_SCALE = 90;

/** @typedef {{minX: number, minY: number, maxX: number, maxY: number}} Bounds metres */

export class Camera {
  x = 0;
  y = 0;
  scale = 40;
  width = 0;
  height = 0;

  /** @param {number} width @param {number} height CSS pixels */
  resize(width, height) {
    this.width = width;
    this.height = height;
  }

  /** @param {Bounds} bounds @param {{top: number, side: number, bottom: number}} margins CSS pixels */
  fit({ minX, minY, maxX, maxY }, { top, side, bottom }) {
    const wide = (this.width - 2 * side) / Math.max(maxX - minX, 0.1);
    const high = (this.height - top - bottom) / Math.max(maxY - minY, 0.1);
    this.scale = clamp(Math.min(wide, high), LEAST_SCALE, MOST_FITTED_SCALE);
    this.x = (minX + maxX) / 2;
    this.y = (minY + maxY) / 2 + (top - bottom) / 2 / this.scale;
  }

  /** @param {number} x @param {number} y metres @returns {[number, number]} CSS pixels */
  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, this.height / 2 - (y - this.y) * this.scale];
  }

  /** @param {number} dx @param {number} dy CSS pixels that the finger moved */
  pan(dx, dy) {
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
  }

  /** @param {number} factor @param {number} px @param {number} py the pixel that stays where it is */
  zoom(factor, px, py) {
    const scale = clamp(this.scale * factor, LEAST_SCALE, MOST_SCALE);
    const [offX, offY] = [px - this.width / 2, this.height / 2 - py];
    this.x += offX / this.scale - offX / scale;
    this.y += offY / this.scale - offY / scale;
    this.scale = scale;
  }
}

/** @param {number} value @param {number} least @param {number} most */
function clamp(value, least, most) {
  return Math.min(Math.max(value, least), most);
}
