/**
 * Where the map is looked at from: a point in metres at the middle of the canvas, and pixels per metre.
 */

const LEAST_SCALE = 4;
const MOST_SCALE = 400;
/** A map of a metre or two is not blown up beyond this when it is fitted. */
const MOST_FITTED_SCALE = 90;

/** How long the camera takes to get to where the map fits, in milliseconds. */
const GLIDE_MS = 400;

/** @typedef {{minX: number, minY: number, maxX: number, maxY: number}} Bounds metres */
/** @typedef {{x: number, y: number, scale: number}} Sight */

export class Camera {
  x = 0;
  y = 0;
  scale = 40;
  width = 0;
  height = 0;
  /** @type {{from: Sight, to: Sight, at: number}|null} */
  #glide = null;

  /** @param {number} width @param {number} height CSS pixels */
  resize(width, height) {
    this.width = width;
    this.height = height;
  }

  /**
   * Where the bounds are seen whole.
   *
   * @param {Bounds} bounds
   * @param {{top: number, side: number, bottom: number}} margins CSS pixels
   * @returns {Sight}
   */
  fitting({ minX, minY, maxX, maxY }, { top, side, bottom }) {
    const wide = (this.width - 2 * side) / Math.max(maxX - minX, 0.1);
    const high = (this.height - top - bottom) / Math.max(maxY - minY, 0.1);
    const scale = clamp(Math.min(wide, high), LEAST_SCALE, MOST_FITTED_SCALE);
    return { x: (minX + maxX) / 2, y: (minY + maxY) / 2 + (top - bottom) / 2 / scale, scale };
  }

  /** @param {Sight} sight */
  jumpTo(sight) {
    this.#glide = null;
    Object.assign(this, sight);
  }

  /** @param {Sight} to @param {number} now milliseconds */
  glideTo(to, now) {
    const { x, y, scale } = this;
    this.#glide = { from: { x, y, scale }, to, at: now };
  }

  /** @param {number} now milliseconds @returns {boolean} whether the camera still moves */
  advance(now) {
    if (!this.#glide) return false;
    const { from, to, at } = this.#glide;
    const share = Math.min((now - at) / GLIDE_MS, 1);
    const eased = 1 - (1 - share) ** 3;
    this.x = from.x + (to.x - from.x) * eased;
    this.y = from.y + (to.y - from.y) * eased;
    this.scale = from.scale * (to.scale / from.scale) ** eased;
    if (share === 1) this.#glide = null;
    return share < 1;
  }

  /** @param {number} x @param {number} y metres @returns {[number, number]} CSS pixels */
  toScreen(x, y) {
    return [(x - this.x) * this.scale + this.width / 2, this.height / 2 - (y - this.y) * this.scale];
  }

  /** @param {number} px @param {number} py CSS pixels @returns {[number, number]} metres */
  toPlace(px, py) {
    return [(px - this.width / 2) / this.scale + this.x, (this.height / 2 - py) / this.scale + this.y];
  }

  /** @param {number} dx @param {number} dy CSS pixels that the finger moved */
  pan(dx, dy) {
    this.#glide = null;
    this.x -= dx / this.scale;
    this.y += dy / this.scale;
  }

  /** @param {number} factor @param {number} px @param {number} py the pixel that stays where it is */
  zoom(factor, px, py) {
    this.#glide = null;
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
